//go:build unix

package archive_test

import (
	"syscall"
	"time"
)

// cpuTime is the processor time that this process has taken: on a machine that
// others use too it says more than the clock.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
