package mastodon

import (
	"math/big"
	"strings"

	"hearth"
	"hearth/network"
)

// place is the newest status given out of a timeline; the id is the server's.
type place struct {
	server, timeline, id string
}

func (p place) cursor() network.Cursor {
	return network.Cursor("m1 " + p.server + " " + p.timeline + " " + p.id)
}

// parseCursor reads a cursor; one of another server or timeline is none.
func parseCursor(c network.Cursor, server, timeline string) (place, error) {
	p := place{server: server, timeline: timeline}
	if c == "" {
		return p, nil
	}
	parts := strings.Split(string(c), " ")
	if len(parts) != 4 || parts[0] != "m1" || !isID(parts[3]) {
		return p, hearth.Errorf(hearth.Damaged, "The place where reading Mastodon stopped is damaged: %.60q.", string(c))
	}
	if parts[1] == server && parts[2] == timeline {
		p.id = parts[3]
	}
	return p, nil
}

// isID says whether s can be a server's id: a number (a snowflake, mostly) or a
// ULID.
func isID(s string) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return 0 < len(s) && len(s) <= 64
}

// newer says whether an id was given out after another one.
func newer(id, than string) bool {
	if len(id) != len(than) {
		return len(id) > len(than)
	}
	return id > than
}

// after is the next id, and before an id some time earlier: five minutes for a
// snowflake (milliseconds since 1970 and 16 bits more), a page for a plain
// number; a ULID stays.
func after(id string) string {
	if n, ok := new(big.Int).SetString(id, 10); ok {
		return n.Add(n, big.NewInt(1)).String()
	}
	b := []byte(id)
	b[len(b)-1]++
	if b[len(b)-1] == '9'+1 {
		b[len(b)-1] = 'A'
	}
	return string(b)
}

func before(id string) string {
	n, ok := new(big.Int).SetString(id, 10)
	if !ok {
		return id
	}
	back := big.NewInt(pageSize)
	if n.BitLen() > 50 {
		back = big.NewInt((5 * 60 * 1000) << 16)
	}
	if n.Sub(n, back); n.Sign() < 0 {
		return "0"
	}
	return n.String()
}
