package index

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// disk is the blocks of segments in memory.
type disk struct {
	blocks [][][]byte
}

func (d *disk) writer() (*Writer, func(head []byte) Part) {
	n := len(d.blocks)
	d.blocks = append(d.blocks, nil)
	w := NewWriter(func(no uint32, block []byte) error {
		if int(no) != len(d.blocks[n])+1 {
			return fmt.Errorf("block %d after %d", no, len(d.blocks[n]))
		}
		d.blocks[n] = append(d.blocks[n], slices.Clone(block))
		return nil
	})
	return w, func(head []byte) Part {
		s, err := OpenSegment(head)
		if err != nil {
			panic(err)
		}
		return Part{s, func(no uint32) ([]byte, error) { return d.blocks[n][no-1], nil }}
	}
}

// world is an index and the plain truth beside it.
type world struct {
	index Index
	disk  disk
	store Store
	docs  map[Doc]map[string]bool
}

func newWorld() *world {
	return &world{index: Index{Tails: []*Tail{NewTail()}}, docs: map[Doc]map[string]bool{}}
}

func (w *world) add(d Doc, terms ...string) {
	var list Terms
	w.docs[d] = map[string]bool{}
	for _, t := range terms {
		list.End(append(list.Begin(), t...))
		w.docs[d][t] = true
	}
	a := Addition{Doc: d, Terms: w.store.Copy(&list)}
	w.index.Tails[len(w.index.Tails)-1].Add([]Addition{a})
}

func (w *world) remove(d Doc) {
	delete(w.docs, d)
	for _, t := range w.index.Tails {
		if t.Remove(d) {
			return
		}
	}
	for _, p := range w.index.Parts {
		if ok, err := p.Remove(p.Read, d); err != nil {
			panic(err)
		} else if ok {
			return
		}
	}
	panic("nothing removed")
}

func (w *world) flush() {
	t := w.index.Tails[0]
	writer, open := w.disk.writer()
	head, _, err := t.Write(writer)
	if err != nil {
		panic(err)
	}
	w.index.Parts = append(w.index.Parts, open(head))
	w.index.Tails[0] = NewTail()
}

func (w *world) merge() {
	writer, open := w.disk.writer()
	head, _, err := Merge(w.index.Parts, writer)
	if err != nil {
		panic(err)
	}
	w.index.Parts = []Part{open(head)}
}

func holds(e *Expr, d Doc, terms map[string]bool) bool {
	switch e.Kind {
	case Term:
		return terms[e.Term]
	case Prefix:
		for t := range terms {
			if strings.HasPrefix(t, e.Term) {
				return true
			}
		}
	case And:
		for i := range e.Parts {
			if !holds(&e.Parts[i], d, terms) {
				return false
			}
		}
		return true
	case Or:
		for i := range e.Parts {
			if holds(&e.Parts[i], d, terms) {
				return true
			}
		}
	case Among:
		return e.Rows.Has(d.Seq)
	case Not:
		return !holds(&e.Parts[0], d, terms)
	}
	return false
}

func (w *world) find(e *Expr, r Range) (docs []Doc) {
	for d, terms := range w.docs {
		if d.Place >= r.First && d.Place < r.End && holds(e, d, terms) {
			docs = append(docs, d)
		}
	}
	slices.SortFunc(docs, compare)
	return docs
}

func drain(t interface{ Fatal(...any) }, d *Documents) (docs []Doc) {
	for {
		doc, ok, err := d.Next()
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return docs
		}
		docs = append(docs, doc)
	}
}

func (w *world) check(t *rapid.T, e *Expr, r Range) {
	want := w.find(e, r)
	result, err := w.index.Search(e, r)
	if err != nil {
		t.Fatal(err)
	}
	if got := drain(t, result.Documents(true)); !slices.Equal(got, want) {
		t.Fatalf("oldest first: %d found, want %d\n%v", len(got), len(want), e)
	}
	got := drain(t, result.Documents(false))
	slices.Reverse(got)
	if !slices.Equal(got, want) {
		t.Fatalf("newest first: %d found, want %d\n%v", len(got), len(want), e)
	}
	if n, err := result.Count(); err != nil || n != len(want) {
		t.Fatalf("Count is %d, %v, want %d", n, err, len(want))
	}
	w.checkCounts(t, result, want)
	w.checkFacet(t, result, want)
	w.checkSample(t, result, want)
	w.checkCounts(t, result, want) // of what the sample has kept
}

func (w *world) checkCounts(t *rapid.T, result *Result, want []Doc) {
	bounds := []int64{-1 << 40, 100, 3000, 3001, 70_000, 1 << 40}
	counts, err := result.CountBetween(bounds)
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range counts {
		exact := 0
		for _, d := range want {
			if d.Place >= bounds[i] && d.Place < bounds[i+1] {
				exact++
			}
		}
		if n != exact {
			t.Fatalf("%d between %d and %d, want %d", n, bounds[i], bounds[i+1], exact)
		}
	}
}

func (w *world) checkFacet(t *rapid.T, result *Result, want []Doc) {
	got, exact := map[string]int{}, map[string]int{}
	err := w.index.Facet(result, "c", func(rest string, n int) error {
		got[rest] += n
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range want {
		for term := range w.docs[d] {
			if rest, ok := strings.CutPrefix(term, "c"); ok {
				exact[rest]++
			}
		}
	}
	if !maps.Equal(got, exact) {
		t.Fatalf("facet %v, want %v", got, exact)
	}
}

func (w *world) checkSample(t *rapid.T, result *Result, want []Doc) {
	size, windows, err := result.Size()
	if err != nil || size != len(want) || size > len(result.tail) && windows == 0 {
		t.Fatalf("the size is %d in %d windows, %v, want %d", size, windows, err, len(want))
	}
	n := rapid.IntRange(0, len(want)+3).Draw(t, "sample")
	docs, total, err := result.Sample(n)
	if err != nil || total != len(want) || len(docs) != min(n, total) {
		t.Fatalf("%d of %d found, %v, want %d of %d", len(docs), total, err, n, len(want))
	}
	again, _, err := result.Sample(n)
	if err != nil || !slices.Equal(again, docs) {
		t.Fatalf("another sample: %v after %v, %v", again, docs, err)
	}
	slices.SortFunc(docs, compare)
	for i, d := range docs {
		if _, found := slices.BinarySearchFunc(want, d, compare); !found || i > 0 && docs[i-1] == d {
			t.Fatalf("the sample %v of %v", docs, want)
		}
	}
}

// every is the rows whose numbers can be divided so, none if by 40.
type every int64

func (n every) Has(row int64) bool { return n < 40 && row%int64(n) == 0 }

func drawExpr(t *rapid.T, depth int) Expr {
	term := func() string {
		return string(rune('a'+rapid.IntRange(0, 4).Draw(t, "letter"))) + fmt.Sprint(rapid.IntRange(0, 30).Draw(t, "number"))
	}
	kind := rapid.IntRange(0, 6).Draw(t, "kind")
	if depth == 0 {
		kind %= 2
	}
	switch kind {
	case 6:
		return Expr{Kind: Among, Rows: every(rapid.IntRange(1, 40).Draw(t, "every"))}
	case 0:
		return Expr{Kind: Term, Term: term()}
	case 1:
		s := term()
		return Expr{Kind: Prefix, Term: s[:rapid.IntRange(0, len(s)).Draw(t, "length")]}
	case 2, 3:
		e := Expr{Kind: And, Parts: []Expr{drawExpr(t, depth-1), drawExpr(t, depth-1)}}
		if kind == 3 {
			e.Parts = append(e.Parts, Expr{Kind: Not, Parts: []Expr{drawExpr(t, depth-1)}})
		}
		return e
	case 4:
		e := Expr{Kind: Or}
		for range rapid.IntRange(1, 6).Draw(t, "parts") {
			e.Parts = append(e.Parts, drawExpr(t, depth-1))
		}
		return e
	}
	return Expr{}
}

// The whole of it against the plain truth: any order of adding, removing,
// flushing and merging gives the documents that a loop over all would give.
func TestEveryHistoryFindsWhatALoopWouldFind(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld()
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		seq := int64(0)
		var all []Doc
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			switch rapid.IntRange(0, 5).Draw(t, "step") {
			case 0:
				w.flush()
			case 1:
				w.merge()
			case 2:
				for range min(len(all), r.IntN(20)) {
					i := r.IntN(len(all))
					w.remove(all[i])
					all = slices.Delete(all, i, i+1)
				}
			default:
				for range r.IntN(3000) {
					seq++
					d := Doc{Place: int64(r.IntN(100_000)), Seq: seq}
					terms := []string{"always"}
					for range r.IntN(6) {
						// Low numbers come often, high ones seldom.
						n := int(31 * r.Float64() * r.Float64() * r.Float64())
						terms = append(terms, string(rune('a'+r.IntN(5)))+fmt.Sprint(n))
					}
					w.add(d, terms...)
					all = append(all, d)
				}
			}
		}
		for range 6 {
			e := drawExpr(t, 3)
			w.check(t, &e, Everything)
			from := int64(rapid.IntRange(-10, 100_000).Draw(t, "from"))
			w.check(t, &e, Range{from, from + int64(rapid.IntRange(0, 50_000).Draw(t, "length"))})
		}
		w.check(t, &Expr{Kind: Term, Term: "always"}, Everything)
	})
}

// More documents than one window holds, in every form of a container.
func TestPostingsOfManyWindows(t *testing.T) {
	t.Parallel()
	w := newWorld()
	const n = 3*windowDocs + 77
	for i := range n {
		terms := []string{"all", fmt.Sprintf("rare%d", i/3)}
		if i%2 == 0 {
			terms = append(terms, "c1")
		}
		if i%1000 < 900 {
			terms = append(terms, "c2")
		}
		if i%5000 == 0 {
			terms = append(terms, "c3")
		}
		w.add(Doc{Place: int64(n - i), Seq: int64(i + 1)}, terms...)
		if i == n/2 {
			w.flush()
		}
	}
	w.flush()
	for _, merged := range []bool{false, true} {
		if merged {
			w.remove(Doc{Place: n, Seq: 1})
			w.remove(Doc{Place: 5, Seq: n - 4})
			w.merge()
		}
		for _, term := range []string{"all", "c1", "c2", "c3", "rare70000", "missing", "rows"} {
			e := Expr{Kind: And, Parts: []Expr{{Kind: Term, Term: "all"}, {Kind: Term, Term: term}}}
			if term == "rows" {
				e = Expr{Kind: Among, Rows: every(7)}
			}
			want := w.find(&e, Everything)
			result, err := w.index.Search(&e, Everything)
			if err != nil {
				t.Fatal(err)
			}
			if got := drain(t, result.Documents(true)); !slices.Equal(got, want) {
				t.Errorf("%s: %d found, want %d (merged: %v)", term, len(got), len(want), merged)
			}
		}
	}
	if docs := w.index.Parts[0].Docs(); docs != n-2 {
		t.Errorf("the merged segment has %d documents, want %d without the removed ones", docs, n-2)
	}
}

func TestADamagedBlockIsAnError(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for i := range 5000 {
		w.add(Doc{Place: int64(i), Seq: int64(i)}, "all", fmt.Sprint("t", i))
	}
	w.flush()
	blocks := w.disk.blocks[0]
	found := 0
	for no := range blocks {
		for _, at := range []int{0, len(blocks[no]) / 2, len(blocks[no]) - 1} {
			blocks[no][at] ^= 4
			result, err := w.index.Search(&Expr{Kind: Prefix, Term: ""}, Everything)
			if err == nil {
				docs := result.Documents(true)
				for ok := true; ok && err == nil; {
					_, ok, err = docs.Next()
				}
			}
			if err != nil {
				found++
			} else {
				t.Errorf("a flipped bit in block %d was not noticed", no+1)
			}
			blocks[no][at] ^= 4
		}
	}
	for no := range blocks { // documents alone are read for a set of rows
		blocks[no][0] ^= 4
		if result, err := w.index.Search(&Expr{Kind: Among, Rows: every(3)}, Everything); err == nil {
			if _, err = result.Count(); err != nil {
				found++
			}
		}
		blocks[no][0] ^= 4
	}
	if found <= 3*len(blocks) {
		t.Error("no block was tried")
	}
}

func FuzzOpenSegment(f *testing.F) {
	w := newWorld()
	w.add(Doc{1, 1}, "a", "b")
	writer, _ := w.disk.writer()
	head, _, _ := w.index.Tails[0].Write(writer)
	f.Add(head[:len(head)-4])
	f.Fuzz(func(t *testing.T, head []byte) {
		r := reader{b: head}
		r.entry(nil)
		d := &dictReader{s: &Segment{dictHeads: []dictHead{{"", 1}}}, read: func(uint32) ([]byte, error) { return nil, ErrBroken }}
		d.r = reader{b: head}
		for d.step() {
			d.entry(nil)
		}
		var b bitmap
		for form := range 4 {
			if orContainer(&b, form, head) == nil && form == formGaps {
				if _, err := appendDocs(nil, 0, form, head); err != nil {
					t.Error("one reader accepts what the other refuses")
				}
			}
		}
	})
}
