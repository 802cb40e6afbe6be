package query

import "hearth/text"

// in is where the values occur in raw(stream), as bytes of it.
func (r Raw) in(s *text.Stream) []occurrence {
	raw := text.RawForm(s.Source)
	inside := insideTokens(raw)
	var found []occurrence
	for _, v := range r.Values {
		for _, at := range occurrences(raw, v) {
			if end := at + len(v); !inside[at] && !inside[end] {
				found = append(found, occurrence{at, end})
			}
		}
	}
	return found
}

// insideTokens says of each byte whether it stands inside a token, not at its
// beginning.
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
