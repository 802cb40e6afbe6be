package main

import (
	"cmp"
	"strings"

	"hearth/analysis/corpus"
	"hearth/analysis/feature/fit"
	"hearth/analysis/intent/cue"
)

// row is a text with what is known of it.
type row struct {
	set, lang, text string
	wants           targets
	fold            uint32 // of ten, by text
	weight          float32
	ease            float64 // of a suggestion, by the cues
}

// targets are 1 yes, 0 no, fit.Skip unknown, by output.
type targets [cue.Outputs]float32

func only(complaint, praise, suggestion, purchase float32) targets {
	return targets{cue.Complaint: complaint, cue.Praise: praise, cue.Suggestion: suggestion, cue.Purchase: purchase}
}

const (
	yes     = 1
	no      = 0
	unknown = fit.Skip
)

// source is one data set: what each of its labels says about the outputs.
// README.md of its folder states its licence; none of these forbids a trained
// model. Left out for their licence: airline-2015, suggestions-forum-en.
type source struct {
	file   string
	lang   string
	labels map[string]targets
	keep   func(corpus.Row) bool
	most   int     // of each label
	weight float32 // of a row; 0 is 1
}

var sources = []source{
	{file: "intent/complaints-nine-domains-en.jsonl.gz", weight: 4, labels: map[string]targets{
		"complaint": only(yes, no, unknown, unknown), "not_complaint": only(no, unknown, unknown, unknown)}},
	{file: "intent/appreviews-en.jsonl.gz", lang: "en", labels: map[string]targets{
		"bug_report": only(yes, no, no, unknown), "feature_request": only(unknown, unknown, yes, unknown),
		"rating": only(unknown, unknown, no, unknown), "user_experience": only(unknown, unknown, no, unknown)}},
	{file: "intent/purchase-iphone-en.jsonl.gz", weight: 3, keep: func(r corpus.Row) bool { return !r.Conflict }, labels: map[string]targets{
		"purchase_intent": only(unknown, unknown, unknown, yes), "no_intent": only(unknown, unknown, unknown, no)}},
	{file: "reviews/amazon-cells-en.jsonl.gz", weight: 2, lang: "en", labels: map[string]targets{
		"positive": only(no, yes, no, no), "negative": only(yes, no, no, no)}},
	{file: "brand/crowdflower-sxsw-2011.jsonl.gz", lang: "en", labels: map[string]targets{
		"positive": only(no, yes, unknown, unknown), "neutral": only(no, no, unknown, unknown), "negative": only(unknown, no, unknown, unknown)}},
	{file: "sentiment-en/semeval2013-2016.jsonl.gz", most: 4000, labels: map[string]targets{
		"neutral": only(no, no, no, no), "positive": only(no, unknown, unknown, unknown), "negative": only(unknown, no, unknown, no)}},
	{file: "sentiment-th/wisesight-train.jsonl.gz", labels: map[string]targets{
		"negative": only(yes, no, unknown, unknown), "positive": only(no, yes, unknown, unknown), "neutral": only(no, no, unknown, unknown), "question": only(no, no, unknown, unknown)}},
	{file: "sentiment-zh/waimai-delivery.jsonl.gz", labels: map[string]targets{
		"negative": only(yes, no, unknown, unknown), "positive": only(no, yes, unknown, unknown)}},
	{file: "sentiment-zh/hotel.jsonl.gz", labels: map[string]targets{
		"negative": only(yes, no, unknown, unknown), "positive": only(no, yes, unknown, unknown)}},
	{file: "sentiment-zh/online-shopping.jsonl.gz", most: 4000, labels: map[string]targets{
		"negative": only(yes, no, unknown, unknown), "positive": only(no, yes, unknown, unknown)}},
	{file: "sentiment-zh/bdci-car.jsonl.gz", labels: map[string]targets{"neutral": only(no, no, unknown, unknown)}},
	{file: "sentiment-zh/weibo-emotion.jsonl.gz", labels: map[string]targets{
		"sadness": only(no, no, unknown, unknown), "optimism": only(no, unknown, unknown, unknown), "fear": only(no, no, unknown, unknown), "anger": only(unknown, no, unknown, unknown)}},
	{file: "sentiment-multi/nusax.jsonl.gz", keep: func(r corpus.Row) bool { return r.Lang == "id" }, labels: map[string]targets{
		"negative": only(yes, no, unknown, unknown), "positive": only(no, yes, unknown, unknown), "neutral": only(no, no, unknown, unknown)}},
}

// trained are the languages with enough rows that the head decides.
var trained = map[string][]int{
	"en": {cue.Complaint, cue.Praise, cue.Suggestion, cue.Purchase},
	"th": {cue.Complaint, cue.Praise},
	"zh": {cue.Complaint, cue.Praise},
}

func read() ([]row, error) {
	var rows []row
	for _, s := range sources {
		all, err := corpus.Read(s.file)
		if err != nil {
			return nil, err
		}
		taken := map[string]int{}
		for _, r := range corpus.Distinct(all) {
			wants, ok := s.labels[r.Label]
			if !ok || s.keep != nil && !s.keep(r) || s.most > 0 && taken[r.Label] >= s.most {
				continue
			}
			taken[r.Label]++
			lang := r.Lang
			if lang == "" {
				lang = s.lang
			}
			set := strings.TrimSuffix(s.file[strings.LastIndexByte(s.file, '/')+1:], ".jsonl.gz")
			rows = append(rows, row{set: set, lang: lang, text: r.Text, wants: wants, fold: corpus.Bucket(r.Text, 10), weight: cmp.Or(s.weight, 1)})
		}
	}
	return rows, nil
}
