// Command train makes analysis/language/model.bin from the data sets beside the
// repository. Run it in the repository as
//
//	go run ./analysis/language/train
//
// The same data and seed give the same file to the byte. A tenth of the
// Lingua sentences, picked by their text, is never trained on; the tests of
// package language measure with it.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"hearth/analysis/corpus"
	"hearth/analysis/language/ngram"
)

func main() {
	log.SetFlags(0)
	seed := flag.Uint64("seed", 1, "seed of the order of the samples")
	out := flag.String("out", filepath.FromSlash("analysis/language/model.bin"), "file to write")
	flag.Parse()
	if err := run(*seed, *out); err != nil {
		log.Fatal(err)
	}
}

func run(seed uint64, out string) error {
	texts, err := readTexts()
	if err != nil {
		return err
	}
	groups := cut(texts)
	var tables [len(ngram.Shared)]ngram.Table
	for s := range ngram.Shared {
		tables[s] = train(groups[s], plans[s], seed)
		log.Printf("table %d: %d texts, %d languages, %d buckets", s, len(groups[s].texts), len(tables[s].Langs), tables[s].Buckets)
	}
	data := ngram.Write(tables)
	log.Printf("%d bytes", len(data))
	return os.WriteFile(out, data, 0o644)
}

// sources are the data sets that the model may be trained on and that say
// which language a text is in, with the most rows taken of each language.
// README.md of each folder states its licence; none of these forbids it.
var sources = []struct {
	file string
	lang string // where rows do not tell
	most int
	keep func(corpus.Row) bool
}{
	{file: "lid/lingua-sentences.jsonl.gz", most: 1000, keep: func(r corpus.Row) bool { return corpus.Bucket(r.Text, 10) != 0 }},
	{file: "sentiment-multi/xlmt.jsonl.gz", most: 2200, keep: func(r corpus.Row) bool { return r.Split != "test" && r.Lang != "hi" }},
	{file: "sentiment-en/semeval2013-2016.jsonl.gz", most: 6000},
	{file: "sentiment-de/sb10k-rest.jsonl.gz", most: 2500},
	{file: "sentiment-fi/opensubtitles-binary.jsonl.gz", most: 6000},
	{file: "sentiment-multi/nusax.jsonl.gz", most: 600, keep: func(r corpus.Row) bool { return r.Lang == "id" || r.Lang == "en" }},
	{file: "sentiment-ru/rusentitweet-train.jsonl.gz", most: 4000},
	{file: "sentiment-zh/weibo-emotion.jsonl.gz", most: 3000},
	{file: "sentiment-zh/online-shopping.jsonl.gz", most: 2000},
}

func readTexts() ([]corpus.Row, error) {
	var all []corpus.Row
	for _, source := range sources {
		rows, err := corpus.Read(source.file)
		if err != nil {
			return nil, err
		}
		taken := map[string]int{}
		for _, row := range corpus.Distinct(rows) {
			if source.keep != nil && !source.keep(row) || taken[row.Lang] >= source.most {
				continue
			}
			taken[row.Lang]++
			all = append(all, row)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no texts to train on")
	}
	return all, nil
}
