// Command train makes analysis/spam/head.bin from the data sets beside the
// repository. Run it in the repository as
//
//	go run ./analysis/spam/train
//
// The same data and seed give the same file to the byte. It prints how the head
// does on the comments under each video when it was trained on the others.
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"

	"hearth/analysis/corpus"
	"hearth/analysis/feature"
	"hearth/analysis/feature/fit"
	"hearth/analysis/spam"
	"hearth/analysis/spam/sign"
	"hearth/text"
)

func main() {
	log.SetFlags(0)
	out := flag.String("out", filepath.FromSlash("analysis/spam/head.bin"), "file to write")
	flag.Parse()
	if err := run(*out); err != nil {
		log.Fatal(err)
	}
}

// row is a text, where it stood, and whether it is spam.
type row struct {
	group, text string
	spam        bool
	weight      float32
}

// background is how many ordinary posts stand beside the comments: those hold
// little of what people write elsewhere. Every other one of a class is left out
// of training, to count false alarms.
const background = 8000

func read() (rows, aside []row, err error) {
	comments, err := corpus.Read("spam/youtube01-04.jsonl.gz")
	if err != nil {
		return nil, nil, err
	}
	for _, c := range comments {
		rows = append(rows, row{group: c.Video, text: c.Text, spam: c.Label == "spam", weight: 1})
	}
	posts, err := corpus.Read("sentiment-en/semeval2013-2016.jsonl.gz")
	if err != nil {
		return nil, nil, err
	}
	for i, p := range corpus.Distinct(posts)[:background] {
		r := row{group: "background", text: p.Text, weight: weightOfBackground}
		if i%2 == 0 {
			rows = append(rows, r)
		} else {
			aside = append(aside, r)
		}
	}
	return rows, aside, nil
}

// options are those that the head in the program was made with.
var options = fit.Options{Outputs: 1, Seed: 1, Epochs: 16, Keep: 20000, Rare: 2, Rate: 0.05, Drop: 0.2, Decay: 2e-6}

// weightOfBackground is that of an ordinary post beside a comment: the more, the
// fewer false alarms and the less spam found.
const weightOfBackground = 0.05

func run(out string) error {
	rows, aside, err := read()
	if err != nil {
		return err
	}
	signs, err := sign.New()
	if err != nil {
		return err
	}
	v := &fit.Vocabulary{}
	examples := cut(v, signs, rows)
	for _, video := range videos {
		f := leaveOut(video, v, rows, examples)
		log.Printf("%-10s F1 %.3f, precision %.3f, recall %.3f", video, f.f1(), f.precision(), f.recall())
	}
	head := fit.Train(v, examples, options)
	log.Printf("%d false alarms on %d ordinary posts", alarms(head, v, cut(v, signs, aside)), len(aside))
	return os.WriteFile(out, head.Append(nil), 0o644)
}

// videos are the groups of the comments: spammers write the same under many, so
// that a head is measured under a video that it was not trained on.
var videos = []string{"Psy", "KatyPerry", "LMFAO", "Eminem"}

// found counts answers.
type found struct{ right, got, wanted int }

func (f found) precision() float64 { return float64(f.right) / float64(f.got) }
func (f found) recall() float64    { return float64(f.right) / float64(f.wanted) }
func (f found) f1() float64        { return 2 * float64(f.right) / float64(f.got+f.wanted) }

// leaveOut trains without the comments under a video and measures with them.
func leaveOut(video string, v *fit.Vocabulary, rows []row, examples []fit.Example) (f found) {
	var kept []fit.Example
	for i := range rows {
		if rows[i].group != video {
			kept = append(kept, examples[i])
		}
	}
	head := fit.Train(v, kept, options)
	for i, r := range rows {
		if r.group != video {
			continue
		}
		got := score(head, v, examples[i].Features) >= spam.Threshold
		if got {
			f.got++
		}
		if r.spam {
			f.wanted++
		}
		if got && r.spam {
			f.right++
		}
	}
	return f
}

// alarms counts the posts that a head takes for spam.
func alarms(head *feature.Head, v *fit.Vocabulary, examples []fit.Example) (n int) {
	for _, e := range examples {
		if score(head, v, e.Features) >= spam.Threshold {
			n++
		}
	}
	return n
}

func cut(v *fit.Vocabulary, signs *sign.Signs, rows []row) []fit.Example {
	var (
		doc text.Doc
		g   feature.Grams
	)
	examples := make([]fit.Example, len(rows))
	for i, r := range rows {
		doc.Reset()
		doc.Add(text.Text, r.text)
		g.Read(&doc, "en")
		found := signs.Read(&doc, &g)
		found.Features(&g)
		examples[i] = fit.Example{Features: v.Number(g.Hashes), Weight: r.weight}
		if r.spam {
			examples[i].Targets[0] = 1
		}
	}
	return examples
}

func score(head *feature.Head, v *fit.Vocabulary, numbers []uint32) float64 {
	features := make([]uint64, len(numbers))
	for i, n := range numbers {
		features[i] = v.Hashes[n]
	}
	var scores [feature.MaxOutputs]float32
	head.Score(features, &scores)
	return float64(scores[0])
}
