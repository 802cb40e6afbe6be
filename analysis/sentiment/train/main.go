// Command train makes analysis/sentiment/lexicon.bin and head.bin from the data
// sets beside the repository. Run it in the repository as
//
//	go run ./analysis/sentiment/train
//
// The same data and seed give the same files to the byte.
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"
	"sync"

	"hearth/analysis/feature"
	"hearth/analysis/feature/fit"
	"hearth/analysis/sentiment/lexicon"
	"hearth/text"
)

func main() {
	log.SetFlags(0)
	seed := flag.Uint64("seed", 1, "seed of the order of the examples")
	out := flag.String("out", filepath.FromSlash("analysis/sentiment"), "folder to write to")
	epochs := flag.Int("epochs", 8, "times over the data")
	keep := flag.Int("keep", 450000, "features of the head")
	rare := flag.Int("rare", 3, "least examples of a feature")
	rate := flag.Float64("rate", 0.05, "AdaGrad rate")
	drop := flag.Float64("drop", 0.4, "share of features dropped")
	runs := flag.Int("runs", 2, "times trained in another order, averaged")
	decay := flag.Float64("decay", 2e-6, "L2")
	choose := flag.Bool("choose", false, "measure with a part of what is learnt from otherwise, and write nothing: to choose among ways to train")
	lessons := flag.String("lessons", "", "write the rows as JSON lines to this file, and train nothing")
	flag.Parse()
	if *lessons != "" {
		if err := writeLessons(*lessons); err != nil {
			log.Fatal(err)
		}
		return
	}
	if err := run(fit.Options{Outputs: classes, Softmax: true, Epochs: *epochs, Keep: *keep, Rare: *rare, Rate: *rate, Decay: *decay, Drop: *drop, Seed: *seed, Runs: *runs, Ratios: true}, *choose, *out); err != nil {
		log.Fatal(err)
	}
}

func run(o fit.Options, choose bool, out string) error {
	entries, err := readLexicons()
	if err != nil {
		return err
	}
	lexiconFile := feature.MakeLexicon(entries)
	words, err := feature.ReadLexicon(lexiconFile)
	if err != nil {
		return err
	}
	log.Printf("lexicon: %d entries, %d bytes", len(entries), len(lexiconFile))
	train, test, err := read(choose)
	if err != nil {
		return err
	}
	log.Printf("%d texts to learn from, %d to measure with", len(train), len(test))
	r := &reader{lexicon: words}
	examples := r.examples(train)
	var settings []lexicon.Setting
	var calibrated sync.WaitGroup
	calibrated.Go(func() { settings = calibrate(train, examples, r, o) })
	head := fit.Train(&r.vocabulary, examples, o)
	calibrated.Wait()
	measure(head, settings, r, test)
	if choose {
		return nil
	}
	if err := os.WriteFile(filepath.Join(out, "lexicon.bin"), lexiconFile, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "head.bin"), lexicon.AppendSettings(head.Append(nil), settings), 0o644)
}

// examples are the rows as the fit wants them.
func (r *reader) examples(rows []row) []fit.Example {
	weights := weigh(rows)
	examples := make([]fit.Example, len(rows))
	for i := range rows {
		examples[i].Features = r.vocabulary.Number(r.features(rows[i].text, rows[i].lang))
		examples[i].Weight = weights[i]
		_, sum := rows[i].class()
		for k, want := range rows[i].wants {
			examples[i].Targets[k] = want / float32(sum)
		}
	}
	return examples
}

// reader turns texts into features, as the analyzer does.
type reader struct {
	lexicon    *feature.Lexicon
	doc        text.Doc
	grams      feature.Grams
	vocabulary fit.Vocabulary
}

func (r *reader) features(s, lang string) []uint64 {
	r.doc.Reset()
	r.doc.Add(text.Text, s)
	r.grams.Read(&r.doc, lang)
	e := lexicon.Weigh(r.lexicon, &r.doc, &r.grams, lang)
	e.Features(&r.grams, &r.doc)
	return r.grams.Hashes
}
