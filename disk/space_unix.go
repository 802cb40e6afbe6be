//go:build unix

package disk

import "golang.org/x/sys/unix"

// Space is the bytes left to us and in all on the disk of a directory; -1 where
// nobody knows.
func Space(dir string) (free, total int64) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return -1, -1
	}
	return int64(s.Bavail) * int64(s.Bsize), int64(s.Blocks) * int64(s.Bsize)
}
