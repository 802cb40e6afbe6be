package index

// segmentAmong is the documents of a segment that are in a set of rows. It reads every
// document of a window that is asked for, once: some ten nanoseconds each.
type segmentAmong struct {
	rows Rows
	docs docReader
	seen map[int]*bitmap // nil: none in that window
}

func (s segmentSource) among(rows Rows) leaf {
	return &segmentAmong{rows: rows, docs: docReader{s: s.s, read: s.read}, seen: map[int]*bitmap{}}
}

func (l *segmentAmong) fill(window int, b *bitmap) (bool, error) {
	found, ok := l.seen[window]
	if !ok {
		var err error
		if found, err = l.look(window); err != nil {
			return false, err
		}
		l.seen[window] = found
	}
	if found == nil {
		return false, nil
	}
	b.or(found)
	return true, nil
}

// look reads the documents of a window.
func (l *segmentAmong) look(window int) (found *bitmap, err error) {
	first := window << windowBits
	end := min(first+windowDocs, l.docs.s.Docs())
	for n := first; n < end; n += docBlock {
		if err := l.docs.block(n / docBlock); err != nil {
			return nil, err
		}
		for i, d := range l.docs.docs {
			if !l.rows.Has(d.Seq) {
				continue
			}
			if found == nil {
				found = new(bitmap)
			}
			found.set(uint16(n - first + i))
		}
	}
	return found, nil
}

// among expects t.mu to be held.
func (t *Tail) among(rows Rows) leaf {
	var docs []uint32
	for i, d := range t.docs {
		if rows.Has(d.Seq) {
			docs = append(docs, uint32(i))
		}
	}
	return tailLeaf{docs}
}
