package jsonread

// Skip passes over the value at hand, whatever it is, and checks its grammar
// and depth.
func (r *Reader) Skip() {
	if !r.begin() {
		return
	}
	var objects uint64 // one bit a level entered here, 1 for an object; MaxDepth is 64
	for inside := 0; ; {
		entered, ok := r.skipOne(&objects, inside)
		if !ok {
			return
		}
		if entered {
			inside++
			continue
		}
		for { // after a value: the next one, or the end of what it stands in
			if inside == 0 {
				return
			}
			object := objects&1 != 0
			more, ok := r.another(object)
			if !ok {
				return
			}
			if more {
				break
			}
			objects >>= 1
			inside--
		}
	}
}

// skipOne passes over a scalar or an empty container, or enters a container
// and stands at its first value.
func (r *Reader) skipOne(objects *uint64, inside int) (entered, ok bool) {
	if r.space(); r.i == len(r.s) {
		return false, r.cut()
	}
	switch c := r.s[r.i]; c {
	case '"':
		return false, r.skipString()
	case '{', '[':
		if r.depth+inside == MaxDepth {
			return false, r.fail(r.i, tooDeep)
		}
		r.i++
		if r.space(); r.i == len(r.s) {
			return false, r.cut()
		}
		if r.s[r.i] == c+2 { // } is { + 2 and ] is [ + 2
			r.i++
			return false, true
		}
		*objects <<= 1
		if c == '{' {
			*objects |= 1
			return true, r.skipKey()
		}
		return true, true
	case 't':
		return false, r.word("true") || r.fail(r.i, notAValue)
	case 'f':
		return false, r.word("false") || r.fail(r.i, notAValue)
	case 'n':
		return false, r.word("null") || r.fail(r.i, notAValue)
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return false, r.number()
	}
	return false, r.fail(r.i, notAValue)
}

// another goes past the comma to the next value, or past the end of the object
// or array.
func (r *Reader) another(object bool) (more, ok bool) {
	if r.space(); r.i == len(r.s) {
		return false, r.cut()
	}
	c := r.s[r.i]
	switch {
	case c == ',':
		r.i++
		return true, !object || r.skipKey()
	case c == '}' && object, c == ']' && !object:
		r.i++
		return false, true
	}
	return false, r.fail(r.i, "a comma or the end of the object or array was expected")
}

func (r *Reader) skipKey() bool {
	if r.space(); r.i == len(r.s) {
		return r.cut()
	}
	if r.s[r.i] != '"' {
		return r.fail(r.i, "a name in quotes was expected")
	}
	return r.skipString() && r.colon()
}
