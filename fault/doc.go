// Package fault names the moments at which it matters whether a process dies:
// between a write and its commit, between a commit and what it wakes, between
// the parts of a backup. Code calls
//
//	if err := fault.Point("archive.append.written"); err != nil {
//		return err
//	}
//
// In a program that is built without the tag "fault", which is every program
// that anybody runs, Point is nothing at all: it is inlined, and neither it nor
// a name is in the binary (a test of cmd/hearth looks). With the tag, the
// environment says what happens where:
//
//	HEARTH_FAULT=archive.append.written:3:kill
//
// is the third time this point is passed (3+ is every time from then on), and
// what then happens: kill (as by kill -9), error, panic, or delay=50ms. Several
// are parted by commas. Each point that is passed, and with "!" behind it each
// that acts, is written as a line to the descriptor that HEARTH_FAULT_FD names, before anything happens:
// so a test knows that its fault has fired even of a process that is dead.
//
// A point stands for a moment, so its name is used once in the whole source
// (package, thing, what has just happened), and a test fails for a point that
// no test reaches.
package fault
