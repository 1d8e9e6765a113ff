/** In place of a program counter: what a leg waits for that has not begun. */

export const FOR_ADMISSION = -1
export const FOR_WORKER = -2
export const FOR_MEMORY = -3
/** It has been given that, and goes on after everything else that is due now. */
export const GRANTED = -4
