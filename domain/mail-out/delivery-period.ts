/**
 * How long a message that the mail server puts off (4xx) is tried again: RFC 5321 section 4.5.4.1
 * asks for 4–5 days.
 */
export const DELIVERY_PERIOD = '5 days'
