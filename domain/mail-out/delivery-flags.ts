/** Flags of an outgoing message, shown with it. */
export const MAY_HAVE_ARRIVED_TWICE = 'may-have-arrived-twice'
/** With the address of a recipient whom the server will take later. */
export const PUT_OFF = 'put-off:'

/** @returns whether nobody has it yet, of a message that waits to be sent. */
export const nobodyHasIt = (flags: readonly string[]): boolean =>
  !flags.some((flag) => flag === MAY_HAVE_ARRIVED_TWICE || flag.startsWith(PUT_OFF))
