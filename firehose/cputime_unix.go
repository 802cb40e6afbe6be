//go:build unix

package firehose

import (
	"syscall"
	"time"
)

// ProcessorTime is what the process has taken of all processors since its start.
// Unlike the time by the clock it says something on a machine that does other
// things too.
func ProcessorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
