export { type Breaker, type BreakerState, createBreaker } from './circuit-breaker.ts'
export { RecentQuantile } from './recent-quantile.ts'
export { ActiveBudget, type Budget, createBudget, ThrottleBudget, TokenBudget } from './retry-budget.ts'
