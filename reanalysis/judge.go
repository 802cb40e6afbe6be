package reanalysis

import (
	"context"
	"slices"

	"hearth"
	"hearth/analysis"
	"hearth/archive"
	"hearth/query"
	"hearth/text"
)

// judgement is what became of one post.
type judgement struct {
	before archive.Stored
	says   hearth.Post // by the models now, without people
	now    hearth.Post // with them
	failed bool        // the models could not
	moved  bool        // the models say another word
}

// judge judges versions anew.
func (r *Reanalyses) judge(ctx context.Context, ws hearth.WorkspaceID, rows []archive.Stored) []judgement {
	var layer *analysis.Layer
	if r.o.Layer != nil {
		layer = r.o.Layer(ctx, ws)
	}
	list := make([]judgement, len(rows))
	docs := make([]text.Doc, len(rows))
	items := make([]analysis.Item, len(rows))
	for i := range rows {
		j := &list[i]
		j.before, j.says = rows[i], rows[i].Bare()
		query.AddPost(&docs[i], &j.says)
		items[i] = analysis.Item{Post: &j.says, Doc: &docs[i], Layer: layer}
	}
	if !r.run(items) { // one of them cannot be judged: each by itself
		for i := range items {
			list[i].says = rows[i].Bare()
			list[i].failed = !r.run(items[i : i+1])
		}
	}
	for i := range list {
		list[i].compare()
	}
	return list
}

// run runs the analyzers, and says whether they came to an end.
func (r *Reanalyses) run(items []analysis.Item) (ended bool) {
	defer func() {
		if trouble := recover(); trouble != nil {
			r.o.Log.Error("a stored post made the analysis fail", "panic", trouble)
		}
	}()
	analysis.Run(r.o.Analyzers, items)
	return true
}

// compare says whether the models say something else than before. Where they say the
// same word, what they said before stays with its score.
func (j *judgement) compare() {
	before := j.before.Machine()
	if j.failed {
		j.says = before
	}
	for _, f := range archive.Corrected {
		if archive.Said(&before, f) != archive.Said(&j.says, f) {
			j.moved = true
		}
	}
	if j.says.Sentiment == before.Sentiment {
		j.says.SentimentScore = before.SentimentScore
	}
	j.now = j.says
	for _, c := range j.before.Post.Corrections {
		f := archive.Field(c.Field)
		copyField(&j.now, &j.before.Post, f)
	}
}

func copyField(to, from *hearth.Post, f archive.Field) {
	switch f {
	case archive.LangField:
		to.Lang = from.Lang
	case archive.SentimentField:
		to.Sentiment, to.SentimentScore = from.Sentiment, from.SentimentScore
	case archive.IntentField:
		to.Intent = from.Intent
	case archive.SpamField:
		to.Spam = from.Spam
	}
}

// kept says that a person's word holds where the models say something else now.
func (j *judgement) kept() bool {
	if !j.moved {
		return false
	}
	before := j.before.Machine()
	return slices.ContainsFunc(j.before.Post.Corrections, func(c hearth.Correction) bool {
		f := archive.Field(c.Field)
		said := archive.Said(&j.says, f)
		return said != archive.Said(&before, f) && said != archive.Said(&j.before.Post, f)
	})
}

// move is one word that changed.
type move struct {
	field        archive.Field
	lang         string
	was, becomes string
}

// moves are the words of a post that changed, of intents each by itself.
func (j *judgement) moves() (list []move) {
	before := &j.before.Post
	for _, f := range archive.Corrected {
		was, becomes := archive.Said(before, f), archive.Said(&j.now, f)
		if was == becomes {
			continue
		}
		if f != archive.IntentField {
			list = append(list, move{f, j.now.Lang, was, becomes})
			continue
		}
		for _, i := range hearth.Intents {
			switch had, has := slices.Contains(before.Intent, i), slices.Contains(j.now.Intent, i); {
			case had && !has:
				list = append(list, move{f, j.now.Lang, string(i), ""})
			case has && !had:
				list = append(list, move{f, j.now.Lang, "", string(i)})
			}
		}
	}
	return list
}
