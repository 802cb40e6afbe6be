package archive

import (
	"math/rand/v2"
	"testing"
)

func BenchmarkPack(b *testing.B) {
	p, err := newPacker()
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(5, 5))
	list := make([]content, 1000)
	for i := range list {
		list[i] = inventedContent(r)
	}
	var body, plain []byte
	i, size := 0, 0
	b.ReportAllocs()
	for b.Loop() {
		body, plain = p.pack(body[:0], plain, &list[i%1000])
		size += len(body)
		i++
	}
	b.ReportMetric(float64(size)/float64(i), "B/post")
}

func BenchmarkUnpack(b *testing.B) {
	p, err := newPacker()
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(5, 5))
	list := make([][]byte, 1000)
	for i := range list {
		c := inventedContent(r)
		list[i], _ = p.pack(nil, nil, &c)
	}
	i := 0
	var c content
	b.ReportAllocs()
	for b.Loop() {
		if err := p.unpack(list[i%1000], &c); err != nil {
			b.Fatal(err)
		}
		i++
	}
}
