// Package disk watches how much room is left on a disk, and says in time what
// is not done any more, so that what must be done still can be:
//
//	below Low    searching the past stops: it can wait
//	below Short  deliveries are refused, so that their senders keep them
//	below Out    nothing new is kept; erasing and stopping go on
//
// At Out a reserve, a file that holds nothing, is given up for that. All of it
// ends by itself once there is room again; a little more than what it began at,
// so that it does not come and go.
package disk
