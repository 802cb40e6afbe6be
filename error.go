package hearth

import (
	"errors"
	"fmt"
)

// Code says what kind of trouble an Error is; one table in api maps codes to
// HTTP statuses and cli maps them to exit codes.
type Code string

const (
	Invalid     Code = "invalid"     // the input is wrong; the message says how to write it
	NotFound    Code = "not-found"   // missing, or not the actor's to see
	Denied      Code = "denied"      // the actor may not do this
	Conflict    Code = "conflict"    // the object changed since it was read, or the name is taken
	TooMany     Code = "too-many"    // too often; the message says how long to wait
	Unavailable Code = "unavailable" // try again later: busy, shutting down, network down
	Damaged     Code = "damaged"     // our own data fails its checks; the message holds the repair
	Internal    Code = "internal"    // a defect in Hearth
)

// Error is a code and a sentence for a person. Wrap it with context by
// fmt.Errorf("doing what: %w", err); ErrorCode finds it again.
type Error struct {
	Code    Code
	Message string
	Field   string // the input field at fault, where there is one
}

func (e *Error) Error() string { return e.Message }

// Errorf builds an Error from a code and a sentence.
func Errorf(code Code, format string, args ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// ErrorCode is the code of the first Error in err's chain, Internal for any
// other error, and "" for nil.
func ErrorCode(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}
