package main

import (
	"math"
	"slices"

	"hearth/analysis/corpus"
	"hearth/analysis/feature"
	"hearth/analysis/feature/fit"
	"hearth/analysis/sentiment/lexicon"
)

// streams are languages whose rows are a random sample of what people write: there
// the shares of the classes are those of the rows.
var streams = map[string]bool{"ru": true}

// calibrate fits each language's setting on a tenth of the rows with a head that
// was trained on the rest. Elsewhere than in streams, classes weigh the same
// within a language, as in training: what share of a stream is positive is not
// known beforehand.
func calibrate(rows []row, examples []fit.Example, r *reader, o fit.Options) []lexicon.Setting {
	var kept []fit.Example
	var held []int
	for i := range rows {
		if rows[i].lang != "" && !rows[i].plain && corpus.Bucket(rows[i].text, 10) == 1 {
			held = append(held, i)
		} else {
			kept = append(kept, examples[i])
		}
	}
	head := fit.Train(&r.vocabulary, kept, o)
	byLang := map[string][]judged{}
	for _, i := range held {
		var scores [feature.MaxOutputs]float32
		head.Score(r.features(rows[i].text, rows[i].lang), &scores)
		class, _ := rows[i].class()
		j := judged{class: class, weight: float64(examples[i].Weight)}
		copy(j.scores[:], scores[:classes])
		own := j
		if streams[rows[i].lang] {
			_, own.weight = rows[i].class()
		}
		byLang[rows[i].lang] = append(byLang[rows[i].lang], own)
		byLang[""] = append(byLang[""], j)
	}
	langs := make([]string, 0, len(byLang))
	for lang := range byLang {
		langs = append(langs, lang)
	}
	slices.Sort(langs) // "" first
	settings := make([]lexicon.Setting, 0, len(langs))
	for _, lang := range langs {
		settings = append(settings, fitSetting(lang, byLang[lang]))
	}
	settings[0].Sharpness *= unseen
	return settings
}

// unseen is how much less to trust scores in languages without training data,
// where only machine-translated words and emoji speak. It is a judgement: there
// is nothing to fit it on.
const unseen = 0.6

type judged struct {
	scores [classes]float32
	class  int
	weight float64
}

// fitSetting minimises the log loss by gradient descent; what few rows say is
// pulled towards no change. A language of which a class was never seen keeps its
// biases at nothing.
func fitSetting(lang string, rows []judged) lexicon.Setting {
	s := lexicon.Setting{Lang: lang, Sharpness: 1}
	var seen [classes]int
	total := 0.0
	for _, row := range rows {
		seen[row.class]++
		total += row.weight
	}
	biased := !slices.Contains(seen[:], 0)
	const pull = 150
	for step := range 2000 {
		var bias [classes]float64
		sharp := 0.0
		for _, row := range rows {
			p := s.Probabilities(row.scores[:])
			p[row.class]--
			for k := range p {
				bias[k] += row.weight * p[k] * s.Sharpness
				sharp += row.weight * p[k] * (float64(row.scores[k]) + s.Biases[k])
			}
		}
		rate := 1 / (1 + float64(step)/200)
		for k := range bias {
			if biased {
				s.Biases[k] -= rate * (bias[k] + pull*s.Biases[k]) / (total + pull)
			}
		}
		s.Sharpness -= 0.3 * rate * (sharp + pull*(s.Sharpness-1)) / (total + pull)
		s.Sharpness = math.Max(0.2, math.Min(3, s.Sharpness))
	}
	return s
}

func settingOf(settings []lexicon.Setting, lang string) *lexicon.Setting {
	for i := range settings {
		if settings[i].Lang == lang {
			return &settings[i]
		}
	}
	return &settings[0]
}
