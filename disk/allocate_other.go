//go:build !linux

package disk

import "os"

// allocate takes room on the disk.
func allocate(f *os.File, size int64) error { return fill(f, size) }
