package reddit

import (
	"slices"
	"strings"

	"hearth"
	"hearth/network"
)

// place is the newest entry that was given out of each listing: the number in
// its fullname, in base 36. Reddit numbers posts and comments, of all
// subreddits, as they are written.
type place map[string]string

func (p place) cursor() network.Cursor {
	names := make([]string, 0, len(p))
	for name := range p {
		names = append(names, name)
	}
	slices.Sort(names)
	b := "r1"
	for _, name := range names {
		b += " " + name + "=" + p[name]
	}
	return network.Cursor(b)
}

func parseCursor(c network.Cursor) (place, error) {
	p := place{}
	if c == "" {
		return p, nil
	}
	parts := strings.Split(string(c), " ")
	for _, part := range parts[1:] {
		name, number, ok := strings.Cut(part, "=")
		if ok = ok && name != "" && isNumber(number); !ok || len(parts) > 10 {
			parts[0] = ""
			break
		}
		p[name] = number
	}
	if parts[0] != "r1" {
		return nil, hearth.Errorf(hearth.Damaged, "The place where reading Reddit stopped is damaged: %.60q.", string(c))
	}
	return p, nil
}

// isNumber says whether s is a number of Reddit's, in base 36.
func isNumber(s string) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return 0 < len(s) && len(s) <= 13
}

// older compares two numbers: negative if the first was given before the other.
func older(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}
