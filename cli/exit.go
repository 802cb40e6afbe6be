package cli

import (
	"context"
	"errors"

	"hearth"
)

// Exit codes of every command.
const (
	ExitOK          = 0
	ExitFailure     = 1 // anything that has no code of its own
	ExitUsage       = 2 // wrong flags or invalid input, a query with errors among it
	ExitNotFound    = 3
	ExitDenied      = 4
	ExitConflict    = 5 // changed meanwhile, or the name is taken
	ExitUnavailable = 6 // try again later
	ExitDamaged     = 7 // our own data fails its checks
)

// exitCode is the table from kinds of trouble to exit codes.
func exitCode(err error) int {
	var quiet quietExit
	switch {
	case err == nil:
		return ExitOK
	case errors.As(err, &quiet):
		return int(quiet)
	case errors.Is(err, context.Canceled):
		return ExitFailure
	}
	switch hearth.ErrorCode(err) {
	case hearth.Invalid:
		return ExitUsage
	case hearth.NotFound:
		return ExitNotFound
	case hearth.Denied:
		return ExitDenied
	case hearth.Conflict:
		return ExitConflict
	case hearth.Unavailable, hearth.TooMany:
		return ExitUnavailable
	case hearth.Damaged:
		return ExitDamaged
	}
	return ExitFailure
}

// quietExit ends a command whose answer already says what is wrong.
type quietExit int

func (quietExit) Error() string { return "" }
