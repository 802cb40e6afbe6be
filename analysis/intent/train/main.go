// Command train makes analysis/intent/head.bin from the data sets beside the
// repository. Run it in the repository, behind the trainer of package sentiment
// (the head reads its answers), as
//
//	go run ./analysis/intent/train
//
// The same data and seed give the same file to the byte.
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"

	"hearth"
	"hearth/analysis"
	"hearth/analysis/feature"
	"hearth/analysis/feature/fit"
	"hearth/analysis/intent/cue"
	"hearth/analysis/sentiment"
	"hearth/text"
)

func main() {
	log.SetFlags(0)
	o := fit.Options{Outputs: cue.Outputs}
	out := flag.String("out", filepath.FromSlash("analysis/intent/head.bin"), "file to write")
	flag.Uint64Var(&o.Seed, "seed", 1, "seed of the order of the examples")
	flag.IntVar(&o.Epochs, "epochs", 5, "times over the data")
	flag.IntVar(&o.Keep, "keep", 200000, "features of the head")
	flag.IntVar(&o.Rare, "rare", 2, "least examples of a feature")
	flag.Float64Var(&o.Rate, "rate", 0.05, "AdaGrad rate")
	flag.Float64Var(&o.Drop, "drop", 0.2, "share of features dropped")
	flag.Float64Var(&o.Decay, "decay", 2e-6, "L2")
	flag.IntVar(&o.Runs, "runs", 2, "times trained in another order, averaged")
	folds := flag.Int("folds", 10, "folds of the cross-validation that sets the thresholds")
	lessons := flag.String("lessons", "", "also write the rows, with what the cross-validation says, as JSON lines to this file")
	flag.Parse()
	if err := run(o, uint32(*folds), *out, *lessons); err != nil {
		log.Fatal(err)
	}
}

func run(o fit.Options, folds uint32, out, lessons string) error {
	rows, err := read()
	if err != nil {
		return err
	}
	v, examples, err := cut(rows)
	if err != nil {
		return err
	}
	log.Printf("%d texts", len(rows))
	scores := crossValidate(v, rows, examples, folds, o)
	settings := thresholds(rows, scores)
	report(rows, scores, settings)
	if lessons != "" {
		if err := writeLessons(lessons, rows, scores, settings, folds); err != nil {
			return err
		}
	}
	head := fit.Train(v, examples, o)
	return os.WriteFile(out, cue.AppendSettings(head.Append(nil), settings), 0o644)
}

// cut turns the rows into examples. A row weighs so that a set's yes and no
// weigh the same.
func cut(rows []row) (*fit.Vocabulary, []fit.Example, error) {
	cues, err := cue.New()
	if err != nil {
		return nil, nil, err
	}
	feels := sentiment.Analyzer()
	var (
		doc   text.Doc
		grams feature.Grams
	)
	v := &fit.Vocabulary{}
	weights := weigh(rows)
	examples := make([]fit.Example, len(rows))
	for i := range rows {
		doc.Reset()
		doc.Add(text.Text, rows[i].text)
		post := &hearth.Post{Text: rows[i].text, Lang: rows[i].lang}
		feels.Run([]analysis.Item{{Post: post, Doc: &doc}})
		grams.Read(&doc, post.Lang)
		found := cues.Read(&doc, grams.Words.List, feature.LangHash(post.Lang))
		found.Features(&grams, &doc, post.Sentiment, post.SentimentScore.V)
		rows[i].ease = found.Ease()
		e := fit.Example{Weight: weights[i]}
		copy(e.Targets[:], rows[i].wants[:])
		e.Features = v.Number(grams.Hashes)
		examples[i] = e
	}
	return v, examples, nil
}

// weigh evens out: within a set all labels weigh the same, up to four times
// what they would, and no set weighs more than 4,000 rows.
func weigh(rows []row) []float32 {
	type label struct {
		set   string
		wants targets
	}
	labels, sets := map[label]float64{}, map[string]float64{}
	kinds := map[string]float64{}
	for _, r := range rows {
		if labels[label{r.set, r.wants}] == 0 {
			kinds[r.set]++
		}
		labels[label{r.set, r.wants}]++
		sets[r.set]++
	}
	weights := make([]float32, len(rows))
	for i, r := range rows {
		balance := sets[r.set] / kinds[r.set] / labels[label{r.set, r.wants}]
		weights[i] = r.weight * float32(min(4, balance)*min(1, 4000/sets[r.set]))
	}
	return weights
}
