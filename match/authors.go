package match

import (
	"strings"

	"hearth/query"
)

// Authors gives the names that the set's queries ask authors for (author:x),
// without @, each once, in no order and at most the given number: networks whose
// streams name authors by number only can find out whose they are. Patterns are
// left out.
func (s *Set) Authors(most int) []string {
	found := map[string]bool{}
	for _, l := range s.layers {
		for place, q := range l.queries {
			if l.gone[place>>6]&(1<<(place&63)) == 0 {
				authorsOf(q.Root, found, most)
			}
		}
	}
	names := make([]string, 0, len(found))
	for name := range found {
		names = append(names, name)
	}
	return names
}

func authorsOf(n query.Node, found map[string]bool, most int) {
	each := func(parts []query.Node) {
		for _, p := range parts {
			authorsOf(p, found, most)
		}
	}
	switch n := n.(type) {
	case query.And:
		each(n.Parts)
	case query.Or:
		each(n.Parts)
	case query.Not:
		authorsOf(n.Part, found, most)
	case query.Scope:
		authorsOf(n.Part, found, most)
	case query.Field:
		if n.Name != query.FieldAuthor {
			return
		}
		for _, v := range n.Values {
			if v, ok := v.(query.StringValue); ok && v.Pattern == nil && len(found) < most {
				found[strings.TrimLeft(v.Text, "@ ")] = true
			}
		}
	}
}
