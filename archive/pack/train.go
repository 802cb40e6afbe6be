package pack

import (
	"cmp"
	"container/heap"
	"encoding/binary"
	"math"
	"slices"
)

// Train makes a table with so many phrases for texts like the samples. It
// begins with single bytes and joins, round after round, what stands side by
// side most often, keeping what saves most bits (the way of FSST: Boncz,
// Neumann and Leis, VLDB 2020); then it gives everything its Huffman code. The
// same samples give the same table.
func Train(samples [][]byte, phrases int) []byte {
	var kept []string
	const rounds = 14
	for round := range rounds {
		t := trial(kept)
		counts := map[string]int{}
		for _, s := range samples {
			t.count(s, counts, round < rounds-1)
		}
		kept = best(counts, min(phrases, maxPhrases))
	}
	t := trial(kept)
	counts := make([]int, firstPhrase+len(kept))
	for _, s := range samples {
		p := parser{t: t, text: s}
		for p.at < len(s) {
			counts[p.next().symbol]++
		}
	}
	out := binary.AppendUvarint(nil, uint64(len(kept)))
	for _, p := range kept {
		out = append(append(out, byte(len(p))), p...)
	}
	return append(out, codeLengths(counts)...)
}

// trial is a table that can parse, without codes.
func trial(phrases []string) *Table {
	t := &Table{phrases: phrases}
	t.index()
	return t
}

// count counts the phrases of a text, and with pairs the joins of neighbours.
func (t *Table) count(text []byte, counts map[string]int, pairs bool) {
	p := parser{t: t, text: text}
	before := -1
	for p.at < len(text) {
		at := p.at
		s := p.next()
		if s.distance > 0 {
			before = -1
			continue
		}
		counts[string(text[at:p.at])]++
		if pairs && before >= 0 && p.at-before <= maxPhrase {
			counts[string(text[before:p.at])]++
		}
		before = at
	}
}

// best is the phrases that save most, in a fixed order.
func best(counts map[string]int, n int) []string {
	type candidate struct {
		phrase string
		gain   float64
	}
	total := 0
	for _, c := range counts {
		total += c
	}
	var list []candidate
	for p, c := range counts {
		if len(p) < 2 || c < 3 {
			continue
		}
		// A byte takes about five bits, a phrase what its frequency says.
		gain := float64(c) * (5*float64(len(p)) - math.Log2(float64(total)/float64(c)))
		list = append(list, candidate{p, gain})
	}
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.gain, a.gain), cmp.Compare(a.phrase, b.phrase))
	})
	var kept []string
	for _, c := range list[:min(n, len(list))] {
		kept = append(kept, c.phrase)
	}
	slices.Sort(kept)
	return kept
}

// codeLengths is the length of a Huffman code for each symbol. Symbols that
// never came have one too; where a code would be too long, all counts are made
// more alike.
func codeLengths(counts []int) []byte {
	for floor := 1; ; floor *= 2 {
		lengths := huffman(counts, floor)
		if int(slices.Max(lengths)) <= maxCode {
			return lengths
		}
	}
}

type tree struct {
	count int
	order int // for equal counts
	nodes []int
}

type forest []tree

func (f forest) Len() int { return len(f) }
func (f forest) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(f[i].count, f[j].count), cmp.Compare(f[i].order, f[j].order)) < 0
}
func (f forest) Swap(i, j int) { f[i], f[j] = f[j], f[i] }
func (f *forest) Push(x any)   { *f = append(*f, x.(tree)) }
func (f *forest) Pop() any {
	last := (*f)[len(*f)-1]
	*f = (*f)[:len(*f)-1]
	return last
}

func huffman(counts []int, floor int) []byte {
	lengths := make([]byte, len(counts))
	var f forest
	for symbol, c := range counts {
		f = append(f, tree{max(c, floor), symbol, []int{symbol}})
	}
	heap.Init(&f)
	for order := len(counts); f.Len() > 1; order++ {
		a, b := heap.Pop(&f).(tree), heap.Pop(&f).(tree)
		joined := append(a.nodes, b.nodes...)
		for _, symbol := range joined {
			lengths[symbol]++
		}
		heap.Push(&f, tree{a.count + b.count, order, joined})
	}
	return lengths
}
