package archive

import (
	"hearth"
	"hearth/archive/form"
)

// Judged says by which models a version of a post was judged: for each of
// Corrected, in their order. The zero value is that nobody knows, as of what was
// stored before this was written down.
type Judged struct {
	Fields [len(Corrected)]Judge

	// Run is the re-analysis that judged it; 0: it was judged as it came. What
	// people say later leaves it, an edit by the network does not.
	Run int64
}

// Judge is who says what a field of a post is.
type Judge struct {
	Version int  // of the analyzer that was asked; 0: nobody knows
	Came    bool // the post came with it, so the analyzer was not heard
}

// Known says whether anybody knows.
func (j *Judged) Known() bool {
	for i := range j.Fields {
		if j.Fields[i].Version > 0 {
			return true
		}
	}
	return false
}

// By is the same models for a post as it came, before any of them is asked.
func (j Judged) By(p *hearth.Post) Judged {
	j.Fields[0].Came = p.Lang != ""
	j.Fields[1].Came = p.Sentiment != "" || p.SentimentScore.Known
	j.Fields[2].Came = len(p.Intent) > 0
	j.Fields[3].Came = p.Spam != hearth.Unknown
	return j
}

// SameModels says whether two were judged by the same versions.
func (j *Judged) SameModels(o *Judged) bool {
	for i := range j.Fields {
		if j.Fields[i].Version != o.Fields[i].Version {
			return false
		}
	}
	return true
}

// Bare is a post as it came: without what analyzers and people say of it. Of a post
// of which nobody knows who judged it, the language is taken to have come with it,
// and a sentiment without a score.
func (s *Stored) Bare() hearth.Post {
	post := s.Machine()
	j := s.Judged
	if !j.Known() {
		j.Fields[0].Came = true
		j.Fields[1].Came = post.Sentiment != "" && !post.SentimentScore.Known
	}
	if !j.Fields[0].Came {
		post.Lang = ""
	}
	if !j.Fields[1].Came {
		post.Sentiment, post.SentimentScore = "", hearth.Number{}
	}
	if !j.Fields[2].Came {
		post.Intent = nil
	}
	if !j.Fields[3].Came {
		post.Spam = hearth.Unknown
	}
	return post
}

// Machine is a post without what people and rules say of it.
func (s *Stored) Machine() hearth.Post {
	post := s.Post
	if s.base != nil {
		restore(&post, s.base)
	}
	post.Corrections = nil
	return post
}

func writeJudged(w *form.Writer, j *Judged) {
	for _, f := range j.Fields {
		n := uint64(max(f.Version, 0)) << 1
		if f.Came {
			n |= 1
		}
		w.Number(n)
	}
	w.Number(uint64(max(j.Run, 0)))
}

func readJudged(r *form.Reader) (j Judged) {
	for i := range j.Fields {
		n := r.Number()
		j.Fields[i] = Judge{Version: int(n >> 1 & (1<<31 - 1)), Came: n&1 == 1}
	}
	j.Run = int64(r.Number() & (1<<62 - 1))
	return j
}
