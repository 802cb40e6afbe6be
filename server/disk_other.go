//go:build !unix

package server

// diskSpace is not known here.
func diskSpace(string) (free, total int64) { return -1, -1 }
