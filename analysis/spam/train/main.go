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
	"slices"

	"hearth/analysis/corpus"
	"hearth/analysis/feature"
	"hearth/analysis/feature/fit"
	"hearth/analysis/spam/sign"
	"hearth/text"
)

func main() {
	log.SetFlags(0)
	out := flag.String("out", filepath.FromSlash("analysis/spam/head.bin"), "file to write")
	lessons := flag.String("lessons", "", "also write the rows, with what a head says that did not learn from their video, as JSON lines to this file")
	flag.Parse()
	if err := run(*out, *lessons); err != nil {
		log.Fatal(err)
	}
}

// row is a text, where it stood, and whether it is spam.
type row struct {
	group, text string
	spam        bool
	weight      float32
}

// background are ordinary posts: tweets, and what customers write, which asks,
// begs, subscribes and speaks of money as spam does. Every other one is left out
// of training, to count false alarms. Those of customers are only counted with:
// trained with, they cost more spam than they save alarms.
var background = []struct {
	file   string
	most   int
	weight float32
}{
	{"sentiment-en/semeval2013-2016.jsonl.gz", 8000, 0.05},
	{"intent/complaints-nine-domains-en.jsonl.gz", 8000, 0},
	{"intent/appreviews-en.jsonl.gz", 8000, 0},
	{"intent/purchase-iphone-en.jsonl.gz", 8000, 0},
	{"reviews/amazon-cells-en.jsonl.gz", 8000, 0},
}

func read() (rows, aside []row, err error) {
	comments, err := corpus.Read("spam/youtube01-04.jsonl.gz")
	if err != nil {
		return nil, nil, err
	}
	for _, c := range comments {
		rows = append(rows, row{group: c.Video, text: c.Text, spam: c.Label == "spam", weight: 1})
	}
	for _, set := range background {
		posts, err := corpus.Read(set.file)
		if err != nil {
			return nil, nil, err
		}
		posts = corpus.Distinct(posts)
		for i, p := range posts[:min(len(posts), set.most)] {
			r := row{group: set.file, text: p.Text, weight: set.weight}
			switch {
			case i%2 == 1 || r.weight == 0:
				aside = append(aside, r)
			default:
				rows = append(rows, r)
			}
		}
	}
	return rows, aside, nil
}

// options are those that the head in the program was made with.
var options = fit.Options{Outputs: 1, Seed: 1, Epochs: 16, Keep: 20000, Rare: 2, Rate: 0.05, Drop: 0.2, Decay: 2e-6}

func run(out, lessons string) error {
	rows, aside, err := read()
	if err != nil {
		return err
	}
	signs, err := sign.New()
	if err != nil {
		return err
	}
	v := &fit.Vocabulary{}
	examples, found := cut(v, signs, rows)
	var written []corpus.Lesson
	for i, video := range videos {
		f, answers := leaveOut(video, v, rows, examples, found)
		for _, a := range answers {
			a.Fold = i
			written = append(written, a)
		}
		log.Printf("%-10s F1 %.3f, precision %.3f, recall %.3f", video, f.f1(), f.precision(), f.recall())
	}
	if lessons != "" {
		for _, r := range rows {
			if !slices.Contains(videos, r.group) {
				written = append(written, corpus.Lesson{Set: r.group, Lang: "en", Text: r.text, Task: "spam", Want: answer(r.spam), Fold: -1})
			}
		}
		if err := corpus.WriteLessons(lessons, written); err != nil {
			return err
		}
	}
	head := fit.Train(v, examples, options)
	sets := map[string][]row{}
	for _, r := range aside {
		sets[r.group] = append(sets[r.group], r)
	}
	for _, set := range background {
		log.Printf("%-44s %d false alarms on %d posts", set.file, alarms(head, v, signs, sets[set.file]), len(sets[set.file]))
	}
	return os.WriteFile(out, head.Append(nil), 0o644)
}

// videos are the groups of the comments: spammers write the same under many, so
// that a head is measured under a video that it was not trained on.
var videos = []string{"Psy", "KatyPerry", "LMFAO", "Eminem"}

// found counts answers.
type counts struct{ right, got, wanted int }

func (f counts) precision() float64 { return float64(f.right) / float64(f.got) }
func (f counts) recall() float64    { return float64(f.right) / float64(f.wanted) }
func (f counts) f1() float64        { return 2 * float64(f.right) / float64(f.got+f.wanted) }

// leaveOut trains without the comments under a video, measures with them and
// says what was answered.
func leaveOut(video string, v *fit.Vocabulary, rows []row, examples []fit.Example, signs []sign.Found) (f counts, answers []corpus.Lesson) {
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
		got := signs[i].Spam(score(head, v, examples[i].Features), true)
		if got {
			f.got++
		}
		if r.spam {
			f.wanted++
		}
		if got && r.spam {
			f.right++
		}
		answers = append(answers, corpus.Lesson{Set: video, Lang: "en", Text: r.text, Task: "spam", Want: answer(r.spam), Got: answer(got)})
	}
	return f, answers
}

func answer(spam bool) string {
	if spam {
		return "spam"
	}
	return "not_spam"
}

// alarms counts the posts that a head takes for spam.
func alarms(head *feature.Head, v *fit.Vocabulary, signs *sign.Signs, rows []row) (n int) {
	examples, found := cut(v, signs, rows)
	for i := range examples {
		if found[i].Spam(score(head, v, examples[i].Features), false) {
			n++
		}
	}
	return n
}

func cut(v *fit.Vocabulary, signs *sign.Signs, rows []row) ([]fit.Example, []sign.Found) {
	var (
		doc text.Doc
		g   feature.Grams
	)
	examples, found := make([]fit.Example, len(rows)), make([]sign.Found, len(rows))
	for i, r := range rows {
		doc.Reset()
		doc.Add(text.Text, r.text)
		g.Read(&doc, "en")
		found[i] = signs.Read(&doc, &g)
		found[i].Features(&g)
		examples[i] = fit.Example{Features: v.Number(g.Hashes), Weight: r.weight}
		if r.spam {
			examples[i].Targets[0] = 1
		}
	}
	return examples, found
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
