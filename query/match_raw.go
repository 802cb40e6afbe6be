package query

import "hearth/text"

// rawStream is raw(stream) of section 2.7, and of each byte whether it stands
// inside a token, not at its beginning.
type rawStream struct {
	text   string
	inside []bool
}

// raw is the raw form of a stream, worked out once.
func (m matcher) raw(stream int) *rawStream {
	if m.raws[stream] == nil {
		raw := text.RawForm(m.doc.Streams[stream].Source)
		m.raws[stream] = &rawStream{raw, insideTokens(raw)}
	}
	return m.raws[stream]
}

func insideTokens(raw string) []bool {
	inside := make([]bool, len(raw)+1)
	var d text.Doc
	d.Add(text.Text, raw)
	for _, t := range d.Tokens {
		for i := t.Start + 1; i < t.End; i++ {
			inside[i] = true
		}
	}
	return inside
}

// in is where the values occur in a stream, as bytes of its raw form.
func (r Raw) in(s *rawStream) []occurrence {
	var found []occurrence
	for _, v := range r.Values {
		for _, at := range occurrences(s.text, v) {
			if end := at + len(v); !s.inside[at] && !s.inside[end] {
				found = append(found, occurrence{at, end})
			}
		}
	}
	return found
}
