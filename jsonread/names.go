package jsonread

import "strings"

// nameSet remembers the names seen in the objects that are open, so that a
// second one is noticed without allocating: a bit filter per object, then the
// names' places in the input, and maps only where these do not suffice.
type nameSet struct {
	n     int32
	spans [128]span
	more  *[MaxDepth]map[string]struct{}
}

// span is a name as it stands in the input, without escapes.
type span struct{ from, to int32 }

func (n *nameSet) reset() {
	n.n = 0
	n.more = nil
}

func (n *nameSet) len() int32 { return n.n }

// leave forgets the names of the object at the given depth.
func (n *nameSet) leave(depth int, l *level) {
	n.n = l.base
	if n.more != nil {
		n.more[depth] = nil
	}
}

// add notes a name; its raw form begins at start. It returns what is wrong
// with it.
func (n *nameSet) add(input, key string, start, depth int, l *level) (problem string) {
	if l.count++; l.count > MaxKeys {
		return "the object has more than 10,000 names"
	}
	bit := uint64(1) << nameHash(key)
	if l.filter&bit != 0 && n.has(input, key, depth, l) {
		return "the name " + shown(key) + " appears twice"
	}
	l.filter |= bit
	end := start + len(key)
	if int(n.n) < len(n.spans) && end <= len(input) && input[start:end] == key && input[end] == '"' {
		n.spans[n.n] = span{int32(start), int32(end)}
		n.n++
		return ""
	}
	if n.more == nil {
		n.more = new([MaxDepth]map[string]struct{})
	}
	if n.more[depth] == nil {
		n.more[depth] = make(map[string]struct{})
	}
	n.more[depth][key] = struct{}{}
	return ""
}

func (n *nameSet) has(input, key string, depth int, l *level) bool {
	for _, s := range n.spans[l.base:n.n] {
		if input[s.from:s.to] == key {
			return true
		}
	}
	if n.more == nil {
		return false
	}
	_, ok := n.more[depth][key]
	return ok
}

func nameHash(key string) uint {
	if key == "" {
		return 0
	}
	first, mid, last := uint(key[0]), uint(key[len(key)/2]), uint(key[len(key)-1])
	return (uint(len(key))*7 + first*5 + mid*11 + last*3) & 63
}

// shown is a name as it may stand in a message.
func shown(key string) string {
	if len(key) > 40 {
		key = strings.ToValidUTF8(key[:40], "") + "…"
	}
	return `"` + key + `"`
}
