//go:build unix

package server

import "golang.org/x/sys/unix"

// diskSpace is the bytes left and in all on the disk of a directory; -1 where
// nobody knows.
func diskSpace(dir string) (free, total int64) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return -1, -1
	}
	return int64(s.Bavail) * int64(s.Bsize), int64(s.Blocks) * int64(s.Bsize)
}
