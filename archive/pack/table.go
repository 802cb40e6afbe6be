package pack

import (
	"cmp"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
)

// ErrBroken says that bytes are not what this package wrote.
var ErrBroken = errors.New("not packed with this table")

// The symbols: a byte, a copy whose length has so many bits, a phrase.
const (
	firstCopy   = 256
	copies      = 16
	firstPhrase = firstCopy + copies
)

const (
	maxPhrases = 1 << 13
	maxPhrase  = 16 // bytes
	maxCode    = 14 // bits
	minCopy    = 6  // bytes
)

// Table is phrases and codes. It never changes and may be used by many
// goroutines at once.
type Table struct {
	phrases []string
	codes   []code // of every symbol

	// To find the longest phrase at a place: probes by a hash of the first
	// three bytes, the longest first, and the phrases of two bytes.
	probes []probe
	slots  [slots + 1]uint16 // where the probes of a hash begin
	two    [1 << 16]uint16   // symbol, 0: none

	decode [1 << maxCode]entry
}

// slots is how many hashes there are of three bytes.
const slots = 1 << 12

// probe is a phrase as it is compared: its first eight bytes at once.
type probe struct {
	head   uint64 // the first bytes, the first one lowest
	mask   uint64 // of those that the phrase has
	symbol uint16
	length uint8
}

// code is a symbol's bits, to be written from the highest on.
type code struct {
	bits   uint16
	length uint8
}

// entry is what the next maxCode bits begin with.
type entry struct {
	symbol uint16
	length uint8
}

// Open reads a table that Train made.
func Open(data []byte) (*Table, error) {
	n, size := binary.Uvarint(data)
	if size <= 0 || n > maxPhrases {
		return nil, ErrBroken
	}
	data = data[size:]
	t := &Table{phrases: make([]string, n)}
	for i := range t.phrases {
		if len(data) == 0 || int(data[0]) < 2 || int(data[0]) > maxPhrase || len(data) <= int(data[0]) {
			return nil, ErrBroken
		}
		t.phrases[i] = string(data[1 : 1+data[0]])
		data = data[1+data[0]:]
	}
	if len(data) != firstPhrase+len(t.phrases) {
		return nil, ErrBroken
	}
	t.index()
	return t, t.assign(data)
}

// index prepares the search for phrases.
func (t *Table) index() {
	for i, p := range t.phrases {
		symbol := uint16(firstPhrase + i)
		if len(p) == 2 {
			t.two[uint16(p[0])|uint16(p[1])<<8] = symbol
			continue
		}
		t.probes = append(t.probes, probe{
			head: head([]byte(p)), mask: ^uint64(0) >> (64 - 8*min(len(p), 8)), symbol: symbol, length: uint8(len(p)),
		})
	}
	slices.SortFunc(t.probes, func(a, b probe) int {
		return cmp.Or(cmp.Compare(slot(a.head), slot(b.head)), cmp.Compare(b.length, a.length), cmp.Compare(a.symbol, b.symbol))
	})
	at := 0
	for i := range slots {
		t.slots[i] = uint16(at)
		for at < len(t.probes) && slot(t.probes[at].head) == uint64(i) {
			at++
		}
	}
	t.slots[slots] = uint16(at)
}

// head is the first eight bytes of s, zeros behind its end.
func head(s []byte) uint64 {
	if len(s) >= 8 {
		return binary.LittleEndian.Uint64(s)
	}
	var b [8]byte
	copy(b[:], s)
	return binary.LittleEndian.Uint64(b[:])
}

func slot(head uint64) uint64 { return (head & 0xffffff) * 0x9E3779B97F4A7C15 >> (64 - 12) }

// assign gives every symbol its canonical code: shorter first, then by symbol.
func (t *Table) assign(lengths []byte) error {
	t.codes = make([]code, len(lengths))
	next, at := 0, 0
	for length := uint8(1); length <= maxCode; length++ {
		for symbol, l := range lengths {
			if l != length {
				continue
			}
			span := 1 << (maxCode - length)
			if at+span > len(t.decode) {
				return ErrBroken
			}
			t.codes[symbol] = code{uint16(at >> (maxCode - length)), length}
			for i := range span {
				t.decode[at+i] = entry{uint16(symbol), length}
			}
			at += span
			next++
		}
	}
	if next != len(lengths) || at != len(t.decode) {
		return ErrBroken // a symbol without a code, or bits without a meaning
	}
	return nil
}

// phrase is the longest phrase that s begins with: its symbol and length, 0 if
// there is none.
func (t *Table) phrase(s []byte) (symbol uint16, length int) {
	h := head(s)
	i := slot(h)
	for _, p := range t.probes[t.slots[i]:t.slots[i+1]] {
		if h&p.mask != p.head || int(p.length) > len(s) {
			continue
		}
		if p.length <= 8 || string(s[8:p.length]) == t.phrases[p.symbol-firstPhrase][8:] {
			return p.symbol, int(p.length)
		}
	}
	if len(s) >= 2 {
		if symbol := t.two[uint16(h)]; symbol != 0 {
			return symbol, 2
		}
	}
	return 0, 0
}

// String is for people: the phrases.
func (t *Table) String() string { return strings.Join(t.phrases, "|") }
