package firehose

import (
	"os"

	"golang.org/x/sys/unix"
)

// forget lets the system drop what it holds of a file in memory.
func forget(file string) {
	f, err := os.Open(file)
	if err != nil {
		return
	}
	defer f.Close()
	_ = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED) // else the first answers are warm, too
}
