package cli

import (
	"io"
	"os"
	"strconv"
)

// terminal is what is known of the other end of an output.
type terminal struct {
	is    bool // a person looks at it
	color bool
	width int // columns; 0 where it is none: do not cut
}

const narrowest = 40

// look finds out about w. NO_COLOR and TERM=dumb switch colour off (no-color.org).
func look(w io.Writer, getenv func(string) string) terminal {
	f, ok := w.(*os.File)
	if !ok {
		return terminal{}
	}
	columns, ok := columns(f)
	if !ok {
		return terminal{}
	}
	if n, err := strconv.Atoi(getenv("COLUMNS")); err == nil && n > 0 {
		columns = n
	}
	if columns == 0 {
		columns = 80
	}
	return terminal{
		is:    true,
		color: getenv("NO_COLOR") == "" && getenv("TERM") != "dumb",
		width: max(columns, narrowest),
	}
}
