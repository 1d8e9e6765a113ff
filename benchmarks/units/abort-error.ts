/** What a stopped unit throws, as DOM APIs do. */
export function abortError(): DOMException {
  return new DOMException('The run was stopped.', 'AbortError')
}

export function isAbortError(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}
