package index

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// corpus is documents with as many and as common terms as posts have.
func corpus(n int) []Addition {
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.05, 3, 200_000)
	list := make([]Addition, n)
	var store Store
	var terms Terms
	place := int64(1_900_000_000_000) << 12
	for i := range list {
		place += int64(r.IntN(100)) << 12
		a := &list[i]
		a.Doc = Doc{place | int64(i&4095), int64(i + 1)}
		terms.Reset()
		add := func(format string, args ...any) { terms.End(fmt.Appendf(terms.Begin(), format, args...)) }
		for range 18 {
			add("1=w%x", zipf.Uint64()*2654435761%(1<<32))
		}
		add("1:nbluesky")
		add("1:l%d", r.IntN(20))
		add("1:k%d", r.IntN(3))
		add("1:s%d", r.IntN(3))
		add("1:idid:plc:%013x", r.IntN(50_000)*7919)
		add("1:ahandle%d.bsky.social", r.IntN(50_000))
		add("1:uapp.bsky")
		add("1:q%d", r.IntN(3))
		a.Terms = store.Copy(&terms)
	}
	return list
}

func BenchmarkTailAdd(b *testing.B) {
	list := corpus(32_768)
	b.ReportAllocs()
	for b.Loop() {
		t := NewTail()
		for i := 0; i < len(list); i += 512 {
			t.Add(list[i : i+512])
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(list)), "ns/post")
}

func BenchmarkTailWrite(b *testing.B) {
	list := corpus(32_768)
	t := NewTail()
	t.Add(list)
	size := 0
	b.ReportAllocs()
	for b.Loop() {
		size = 0
		w := NewWriter(func(_ uint32, block []byte) error { size += len(block); return nil })
		if _, _, err := t.Write(w); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(list)), "ns/post")
	b.ReportMetric(float64(size)/float64(len(list)), "B/post")
}

func BenchmarkMerge(b *testing.B) {
	var d disk
	var parts []Part
	list := corpus(8 * 32_768)
	for i := range 8 {
		t := NewTail()
		t.Add(list[i*32_768 : (i+1)*32_768])
		w, open := d.writer()
		head, _, err := t.Write(w)
		if err != nil {
			b.Fatal(err)
		}
		parts = append(parts, open(head))
	}
	size := 0
	b.ReportAllocs()
	for b.Loop() {
		size = 0
		w := NewWriter(func(_ uint32, block []byte) error { size += len(block); return nil })
		if _, _, err := Merge(parts, w); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(list)), "ns/post")
	b.ReportMetric(float64(size)/float64(len(list)), "B/post")
}
