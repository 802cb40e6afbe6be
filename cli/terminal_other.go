//go:build !unix

package cli

import "os"

// columns knows no width here; a character device counts as a terminal.
func columns(f *os.File) (int, bool) {
	info, err := f.Stat()
	return 0, err == nil && info.Mode()&os.ModeCharDevice != 0
}
