package ingest_test

import (
	"fmt"
	"strings"
	"testing"

	"hearth/db/dbtest"
	"hearth/ingest"
)

// BenchmarkImport is a file of short posts on its way to the disk.
func BenchmarkImport(b *testing.B) {
	const records = 50_000
	text := file(0, records, 0)
	for b.Loop() {
		b.StopTimer()
		h := open(b, dbtest.Home(b))
		h.listen("pie")
		b.StartTimer()
		_, err := imports(h).Import(b.Context(), owner, ingest.File{ID: "f", Format: lines, Body: strings.NewReader(text)})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(records*float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}

// BenchmarkFlow is posts of which one in a hundred is wanted, already decoded.
func BenchmarkFlow(b *testing.B) {
	h := open(b, dbtest.Home(b))
	h.listen("pie")
	f, err := ingest.NewFlow(b.Context(), h.flowOptions())
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	batch := batch("c", numbered(0, 2048, 100)...)
	b.ReportAllocs()
	for b.Loop() {
		for i := range batch.Events {
			if i%100 == 0 {
				batch.Events[i].Post.ID = fmt.Sprint(n, "-", i)
			}
		}
		n++
		if err := f.Take(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(n*2048)/b.Elapsed().Seconds(), "posts/s")
}
