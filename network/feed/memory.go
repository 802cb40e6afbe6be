package feed

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/network"
)

// memory is what a stream knows of its feed. All of it is in the cursor, so
// that a stream goes on after a crash as if nothing had happened.
type memory struct {
	address  string // that the memory is of, as a hash
	at       string // where the feed is really, if not at its address
	etag     string
	modified string
	due      time.Time // no look before this
	interval time.Duration
	newest   string // the newest entry's id
	day      int64  // that the next two are about, in days since 1970
	fresh    int64  // new entries on that day
	marked   bool   // and whether its beyond-the-limits gap was reported
	failures int    // looks that failed since the last that did not
	skip     skip
	known    []known
}

// known is an entry that was given out, the latest first.
type known struct {
	id      uint64
	version uint32 // 0: it was a Reject
}

const (
	maxKnown     = 1_200
	maxFresh     = 5_000 // new entries a day
	maxValidator = 500   // bytes of an ETag
)

// cursor writes the memory down.
func (m *memory) cursor() network.Cursor {
	b := make([]byte, 0, 12*len(m.known))
	for _, k := range m.known {
		b = binary.BigEndian.AppendUint64(b, k.id)
		b = binary.BigEndian.AppendUint32(b, k.version)
	}
	marked := 0
	if m.marked {
		marked = 1
	}
	return network.Cursor(fmt.Sprintf("f1 %s %s %s %s %d %d %s %d %d %d %s %d %d %d", m.address, quoted(m.at), quoted(m.etag), quoted(m.modified),
		m.due.UnixMilli(), m.interval.Milliseconds(), quoted(m.newest), m.day, m.fresh, marked, base64.RawURLEncoding.EncodeToString(b),
		m.failures, m.skip.hours, m.skip.days))
}

func quoted(s string) string { return "'" + url.QueryEscape(s) }

// remember reads a cursor. One of another address is none.
func remember(c network.Cursor, address string) (memory, error) {
	m := memory{address: digest(address)}
	if c == "" {
		return m, nil
	}
	damaged := hearth.Errorf(hearth.Damaged, "The place where reading the feed stopped is damaged: %.60q.", string(c))
	parts := strings.Split(string(c), " ")
	if len(parts) == 12 { // of before failures and hours were counted
		parts = append(parts, "0", "0", "0")
	}
	if len(parts) != 15 || parts[0] != "f1" {
		return m, damaged
	}
	if parts[1] != m.address {
		return m, nil
	}
	for i, s := range map[int]*string{2: &m.at, 3: &m.etag, 4: &m.modified, 7: &m.newest} {
		text, err := url.QueryUnescape(strings.TrimPrefix(parts[i], "'"))
		if err != nil {
			return m, damaged
		}
		*s = text
	}
	var due, interval, marked, failures, hours, days int64
	for i, n := range map[int]*int64{5: &due, 6: &interval, 8: &m.day, 9: &m.fresh, 10: &marked, 12: &failures, 13: &hours, 14: &days} {
		v, err := strconv.ParseInt(parts[i], 10, 64)
		if err != nil {
			return m, damaged
		}
		*n = v
	}
	b, err := base64.RawURLEncoding.DecodeString(parts[11])
	if err != nil || len(b)%12 != 0 || len(b) > 12*maxKnown {
		return m, damaged
	}
	m.due, m.interval, m.marked = time.UnixMilli(due), time.Duration(interval)*time.Millisecond, marked == 1
	m.failures, m.skip = int(min(max(failures, 0), maxFailures)), skip{hours: uint32(hours) & allHours, days: uint8(days) & allDays}
	for ; len(b) > 0; b = b[12:] {
		m.known = append(m.known, known{id: binary.BigEndian.Uint64(b), version: binary.BigEndian.Uint32(b[8:])})
	}
	return m, nil
}
