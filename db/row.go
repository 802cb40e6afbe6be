package db

import (
	"database/sql"
	"time"
)

// EachRow calls do for every row and closes them.
func EachRow(rows *sql.Rows, do func() error) error {
	defer rows.Close()
	for rows.Next() {
		if err := do(); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Micros is how times are stored: µs since 1970. The zero time is 0.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// FromMicros is the time that Micros wrote, in UTC.
func FromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// Truth is how a truth value is stored: 1 or 0.
func Truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Scanner is sql.Rows or Row.
type Scanner interface{ Scan(...any) error }
