package hearth

import "time"

// Clock tells the time. It comes in through server.Config, so that tests
// decide what time it is; no other room calls time.Now (a test enforces it).
// Order never comes from it: the archive's Seq is the order. Deadlines of
// connections are the machine's, not ours: they are set by SystemClock always.
type Clock func() time.Time

// SystemClock is the machine's wall clock in UTC.
func SystemClock() time.Time { return time.Now().UTC() }
