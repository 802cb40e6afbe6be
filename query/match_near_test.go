package query

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"hearth/text"
)

// smallText is a text of few different words, with half-wide and touching
// tokens, tags and sentences.
func smallText(r *rand.Rand) string {
	words := []string{"a", "b", "c", "x", "手", "机", "a b", "#a_b", "a.", "b! C"}
	s := ""
	for range r.IntN(12) {
		s += words[r.IntN(len(words))] + []string{" ", " ", "", ", "}[r.IntN(4)]
	}
	return s
}

// TestChainsHoldAsIfEveryChoiceWereTried compares the sweep with trying all
// occurrences of all spots.
func TestChainsHoldAsIfEveryChoiceWereTried(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	spots := []string{"a", "b", "c", "手机", "手", `"a b"`, "(a OR b)", `(手 OR "b c" OR c)`, "#a_b"}
	held := 0
	for range 20_000 {
		source := spots[r.IntN(len(spots))]
		for range 1 + r.IntN(3) {
			link := fmt.Sprintf([]string{"NEAR/%d", "ONEAR/%d"}[r.IntN(2)], r.IntN(3))
			if r.IntN(4) == 0 {
				link = "SENTENCE"
			}
			source += " " + link + " " + spots[r.IntN(len(spots))]
		}
		q, diagnostics := Parse(source)
		if q == nil {
			t.Fatalf("%q: %+v", source, diagnostics)
		}
		near := q.Root.(Near)
		var d text.Doc
		d.Add(text.Text, smallText(r))
		s := &d.Streams[0]

		parts := make([][]occurrence, len(near.Spots))
		for i, spot := range near.Spots {
			parts[i] = spotIn(spot, &d, s)
		}
		used := make([]map[occurrence]bool, len(parts))
		for i := range used {
			used[i] = map[occurrence]bool{}
		}
		chosen := make([]occurrence, 0, len(parts))
		var try func() bool
		try = func() (any bool) {
			k := len(chosen)
			if k == len(parts) {
				for i, o := range chosen {
					used[i][o] = true
				}
				return true
			}
			for _, o := range parts[k] {
				if k > 0 && !linked(&d, near.Links[k-1], chosen[k-1], o) {
					continue
				}
				chosen = append(chosen, o)
				any = try() || any
				chosen = chosen[:k]
			}
			return any
		}
		want := try()
		got := near.in(&d, s)
		if (got != nil) != want {
			t.Fatalf("%s in %q: %v, want %v", source, s.Source, got != nil, want)
		}
		if !want {
			continue
		}
		held++
		for i, list := range got {
			if i == 0 && len(list) == 0 {
				t.Fatalf("%s in %q: no place for spot %d", source, s.Source, i)
			}
			seen := map[occurrence]bool{}
			for _, o := range list {
				seen[o] = true
				if !used[i][o] {
					t.Fatalf("%s in %q: %v has no part in spot %d", source, s.Source, o, i)
				}
			}
			if len(seen) != len(used[i]) {
				t.Fatalf("%s in %q: spot %d has %d places, want %d", source, s.Source, i, len(seen), len(used[i]))
			}
		}
	}
	if held < 2000 {
		t.Errorf("only %d chains held", held)
	}
}

// linked is section 5 for one pair of occurrences.
func linked(d *text.Doc, l Link, a, b occurrence) bool {
	if a.first < b.end && b.first < a.end {
		return false
	}
	if l.Kind == LinkSentence {
		number, ok := sentence(d, a)
		other, ok2 := sentence(d, b)
		return ok && ok2 && number == other
	}
	if l.Kind == LinkOnear && b.first < a.first {
		return false
	}
	return width(d, min(a.end, b.end), max(a.first, b.first)) <= 2*l.N
}

// width is that of tokens [from, to), in half words.
func width(d *text.Doc, from, to int) int {
	sum := 0
	for _, t := range d.Tokens[from:to] {
		sum += int(t.Width())
	}
	return sum
}

// TestWindowsHoldAsIfEveryChoiceWereTried compares the sweep with trying all
// occurrences of all parts.
func TestWindowsHoldAsIfEveryChoiceWereTried(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2, 2))
	words := []string{"a", "b", "c", "手机", "手", "a-b", "#a_b", "机"}
	held := 0
	for range 20_000 {
		source := `"` + words[r.IntN(len(words))]
		for range 1 + r.IntN(3) {
			source += " " + words[r.IntN(len(words))]
		}
		source += fmt.Sprintf(`"~%d`, r.IntN(4))
		q, diagnostics := Parse(source)
		if q == nil {
			t.Fatalf("%q: %+v", source, diagnostics)
		}
		window := q.Root.(Window)
		var d text.Doc
		d.Add(text.Text, smallText(r))
		s := &d.Streams[0]

		var chosen []occurrence
		var try func() bool
		try = func() bool {
			k := len(chosen)
			if k == len(window.Parts) {
				first, end, inside := chosen[0].first, chosen[0].end, 0
				for _, o := range chosen {
					first, end = min(first, o.first), max(end, o.end)
					inside += width(&d, o.first, o.end)
				}
				return width(&d, first, end)-inside <= 2*window.N
			}
		next:
			for _, o := range window.Parts[k].in(&d, s) {
				for _, c := range chosen {
					if o.first < c.end && c.first < o.end {
						continue next
					}
				}
				chosen = append(chosen, o)
				ok := try()
				chosen = chosen[:k]
				if ok {
					return true
				}
			}
			return false
		}
		want := try()
		if want {
			held++
		}
		if got := len(window.in(&d, s)) > 0; got != want {
			t.Fatalf("%s in %q: %v, want %v", source, s.Source, got, want)
		}
	}
	if held < 1500 {
		t.Errorf("only %d windows held", held)
	}
}
