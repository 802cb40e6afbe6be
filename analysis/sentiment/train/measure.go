package main

import (
	"log"
	"slices"
	"strings"

	"hearth/analysis/feature"
	"hearth/analysis/sentiment/lexicon"
)

// confusion counts wanted (first index) against got.
type confusion [classes][classes]int

// scores are the accuracy, the macro-averaged recall and the macro-averaged F1
// over the classes that occur.
func (c *confusion) scores() (accuracy, recall, f1 float64) {
	right, all, present := 0, 0, 0.0
	for k := range classes {
		wanted, got := 0, 0
		for j := range classes {
			wanted += c[k][j]
			got += c[j][k]
		}
		right += c[k][k]
		all += wanted
		if wanted > 0 {
			present++
			recall += float64(c[k][k]) / float64(wanted)
			f1 += 2 * float64(c[k][k]) / float64(wanted+got)
		}
	}
	return float64(right) / float64(all), recall / present, f1 / present
}

func measure(head *feature.Head, settings []lexicon.Setting, r *reader, test []row) {
	bySet := map[string]*confusion{}
	for i := range test {
		var scores [feature.MaxOutputs]float32
		head.Score(r.features(test[i].text, test[i].lang), &scores)
		p := settingOf(settings, test[i].lang).Probabilities(scores[:classes])
		got := 0
		for k := range classes {
			if p[k] > p[got] {
				got = k
			}
		}
		want, _ := test[i].class()
		name := test[i].set + " " + test[i].lang
		if bySet[name] == nil {
			bySet[name] = &confusion{}
		}
		bySet[name][want][got]++
	}
	names := make([]string, 0, len(bySet))
	for name := range bySet {
		names = append(names, name)
	}
	slices.Sort(names)
	mean := 0.0
	for _, name := range names {
		accuracy, recall, f1 := bySet[name].scores()
		if strings.HasPrefix(name, "sentiment-multi/xlmt") {
			mean += f1 / 8
		}
		log.Printf("%-50s accuracy %.4f recall %.4f F1 %.4f %v", name, accuracy, recall, f1, *bySet[name])
	}
	log.Printf("XLM-T, mean of eight languages: F1 %.4f", mean)
}
