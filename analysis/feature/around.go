package feature

import (
	"math/bits"
	"slices"
	"strings"

	"hearth/text"
)

// What is read of a text for what stands around its words.
const (
	aroundBytes = 4096
	aroundTags  = 64
	aroundTimes = 2 // that each is added, so that few of them weigh up to many n-grams
)

// Surrounded says whether anything stands around the words. Where nothing does, that
// and the length say little, and would outweigh the few features of a plain statement.
func Surrounded(doc *text.Doc) bool {
	return len(doc.Tags) > 0 || slices.ContainsFunc(doc.Streams, func(s text.Stream) bool {
		return strings.Contains(s.Source[:min(len(s.Source), aroundBytes)], "://")
	})
}

// Around adds what stands around the words: addresses, mentions, whether it is
// an answer (begins with a mention), hashtags, and how long it is. News hold
// addresses, and complaints begin with whom they are for.
func (g *Grams) Around(doc *text.Doc) {
	links, mentions, tags, answers := 0, 0, 0, 0
	for s := range doc.Streams {
		stream := &doc.Streams[s]
		if stream.Field == text.Alt {
			continue
		}
		links += strings.Count(stream.Source[:min(len(stream.Source), aroundBytes)], "://")
		for t := stream.FirstTag; t < min(stream.EndTag, stream.FirstTag+aroundTags); t++ {
			switch tag := &doc.Tags[t]; tag.Kind {
			case text.Mention:
				mentions++
				if tag.Start == 0 {
					answers = 1
				}
			case text.Hashtag:
				tags++
			}
		}
	}
	kind := min(links, 1)<<2 | min(mentions, 1)<<1 | answers
	for times := range aroundTimes {
		for what, n := range [...]int{min(links, 2), min(mentions, 3)<<1 | answers, min(tags, 3), bits.Len(uint(len(g.Words.List)) >> 1), kind} {
			g.add(kindAround, uint64(times<<16|(what+1)<<8|n))
		}
	}
	g.around = uint64(kind)
}

// Own adds every word, and what Around found around them, as one of its
// language: what is spelt alike need not mean the same. Single characters of
// scripts without spaces are no words.
func (g *Grams) Own(doc *text.Doc) {
	g.add(kindAround, Mix(g.lang, g.around))
	for i := range g.Words.List {
		if token := &doc.Tokens[g.Words.List[i].Token]; token.Class != text.Character {
			g.add(kindOwn, Mix(g.lang, token.Folded))
		}
	}
}

// Surroundings is what Around found of addresses and mentions, as a number below 8.
func (g *Grams) Surroundings() uint64 { return g.around }

// Lang is the language of what was read, as LangHash.
func (g *Grams) Lang() uint64 { return g.lang }
