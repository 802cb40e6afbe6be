package match

import (
	"strings"

	"hearth/query"
	"hearth/text"
)

// cover is a set of keys of which every post that matches holds one. An empty
// one promises nothing: the query must be looked at for every post.
type cover struct {
	keys     []uint64
	families family
	affixes  []affix // behind the keys of families prefix and around
	posts    float64 // how many of a million posts hold one of them, guessed
}

const million = 1e6

func (c cover) some() bool { return len(c.keys) > 0 }

// add joins two covers: a post holds a key of one or the other.
func (c *cover) add(o cover) {
	c.keys = append(c.keys, o.keys...)
	c.families |= o.families
	c.affixes = append(c.affixes, o.affixes...)
	c.posts += o.posts
}

// better is the cover that lets fewer posts through.
func better(a, b cover) cover {
	if !a.some() || b.some() && b.posts < a.posts {
		return b
	}
	return a
}

func one(f family, key uint64, posts float64) cover {
	return cover{keys: []uint64{key}, families: f, posts: posts}
}

// coverOf is the cheapest cover of a part of a query.
func coverOf(n query.Node) cover {
	var best cover
	switch n := n.(type) {
	case query.And:
		for _, p := range n.Parts {
			best = better(best, coverOf(p))
		}
	case query.Or:
		for _, p := range n.Parts {
			c := coverOf(p)
			if !c.some() {
				return cover{}
			}
			best.add(c)
		}
	case query.Near:
		for _, p := range n.Spots {
			best = better(best, coverOf(p))
		}
	case query.Term:
		return coverOfTerm(n)
	case query.Window:
		for _, p := range n.Parts {
			best = better(best, coverOfTerm(p))
		}
	case query.Raw:
		for _, v := range n.Values {
			c := coverOfRaw(v)
			if !c.some() {
				return cover{}
			}
			best.add(c)
		}
	case query.Scope:
		return coverOf(n.Part)
	case query.Field:
		for _, v := range n.Values {
			c := coverOfValue(n.Name, v)
			if !c.some() {
				return cover{}
			}
			best.add(c)
		}
	}
	return best
}

// coverOfTerm is the rarest word, pair or tag of a phrase.
func coverOfTerm(t query.Term) cover {
	var best cover
	var before uint64
	var beforePosts float64
	for i := range t.Elements {
		e := &t.Elements[i]
		plain, simple := plainOf(e)
		switch {
		case e.Kind == query.Tag && e.Pattern == nil:
			best = better(best, one(tagged, tagKey(e.Tag, text.Hash(plain)), 20))
		case e.Kind == query.Tag:
			best = better(best, coverOfPrefix(tagPrefix, e))
		case e.Kind == query.Token && simple:
			h, posts := text.Hash(plain), wordPosts(plain, e.Class)
			best = better(best, one(word, word.key(h), posts))
			if before != 0 {
				best = better(best, one(pair, pairKey(before, h), min(posts, beforePosts)/20))
			}
			before, beforePosts = h, posts
			continue
		case e.Kind == query.Token:
			best = better(best, coverOfPrefix(prefix, e))
		}
		before = 0
	}
	return best
}

// plainOf is the plain spelling of an element's text; simple says that the
// token or name it takes has exactly that.
func plainOf(e *query.Element) (plain string, simple bool) {
	simple = e.Pattern == nil && !e.Prefix
	switch {
	case e.Class == text.Emoji && e.Kind == query.Token:
		var d text.Doc
		d.Add(text.Text, e.Text)
		if len(d.Tokens) != 1 {
			return "", false
		}
		return string(d.PlainOf(&d.Tokens[0])), simple
	case e.By == query.Plain:
		return e.Text, simple
	}
	return text.Plain(text.Fold(e.Text)), simple
}

// coverOfPrefix anchors a pattern or Korean prefix on how it begins and, where
// that is known too, ends.
func coverOfPrefix(f family, e *query.Element) cover {
	begin, end := e.Text, ""
	if e.Pattern != nil {
		last := e.Pattern[len(e.Pattern)-1]
		if e.Pattern[0].Kind != query.Literal {
			return cover{}
		}
		begin = e.Pattern[0].Literal
		if last.Kind == query.Literal && !e.Prefix && e.By == query.Plain {
			end = last.Literal
		}
	}
	if e.By != query.Plain { // only of ASCII is the plain form sure to begin likewise
		begin = leadingASCII(begin)
	}
	n, m := affixLength(len(begin)), min(len(end), longestEnd)
	switch {
	case n == 0:
		return cover{}
	case f == tagPrefix:
		return one(f, affixKey(f, begin[:n], ""), affixPosts[n]/50)
	case n == 1 || m == 0:
		c := one(prefix, affixKey(prefix, begin[:n], ""), affixPosts[n])
		c.affixes = []affix{{begin[:n], ""}}
		return c
	}
	end = end[len(end)-m:]
	c := one(around, affixKey(around, begin[:n], end), affixPosts[n]*affixPosts[m]/million)
	c.affixes = []affix{{begin[:n], end}}
	return c
}

// affixPosts guesses how many of a million posts hold a token that begins or
// ends with n given bytes.
var affixPosts = [...]float64{0, 500_000, 200_000, 60_000, 20_000, 0, 2_000}

func leadingASCII(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 || s[i]-'A' < 26 {
			return s[:max(0, i-1)] // a mark may follow, and belongs to it
		}
	}
	return s
}

// coverOfRaw anchors a raw value on a word that stands whole inside it. Only
// ASCII is sure to be cut alike in the query and in the post.
func coverOfRaw(value string) cover {
	var d text.Doc
	d.Add(text.Text, value)
	var best cover
	for i := range d.Tokens {
		t := &d.Tokens[i]
		if s := d.Exact(t); t.Class == text.Word && leadingASCII(string(s)) == string(s) {
			best = better(best, one(word, word.key(t.Plain), wordPosts(string(s), t.Class)))
		}
	}
	return best
}

// coverOfValue anchors one value of a field.
func coverOfValue(name query.FieldName, v query.Value) cover {
	switch v := v.(type) {
	case query.StringValue:
		return coverOfString(name, v)
	case query.IDValue:
		f, ok := idFamilies[name]
		if !ok {
			return cover{}
		}
		return one(f, f.of(string(v)), 20)
	case query.HostValue:
		switch name {
		case query.FieldSite:
			return one(site, site.of(string(v)), 500)
		case query.FieldDomain, query.FieldTLD:
			return one(domain, domain.of(string(v)), 500)
		}
	case query.AddressValue:
		host := string(v)
		if i := strings.IndexAny(host, "/?#"); i >= 0 {
			host = host[:i]
		}
		switch name {
		case query.FieldURL:
			return one(site, site.of(host), 500)
		case query.FieldLink:
			return one(link, link.of(host), 500)
		}
	case query.LanguageValue:
		c := one(language, language.of(primary(string(v))), 300_000)
		c.add(one(language, unknownLanguage, 100_000))
		return c
	case query.WordValue:
		if name == query.FieldIs {
			return one(kind, kind.of(string(v)), 300_000)
		}
	}
	return cover{}
}

var idFamilies = map[query.FieldName]family{
	query.FieldID: postID, query.FieldAuthorID: authorID, query.FieldReplyTo: replyTo,
	query.FieldRoot: root, query.FieldQuoted: quoted, query.FieldRepostOf: repostOf,
}

func coverOfString(name query.FieldName, v query.StringValue) cover {
	if v.Pattern != nil {
		return cover{}
	}
	plain := v.Text
	if v.By != query.Plain {
		plain = text.Plain(v.Text)
	}
	switch name {
	case query.FieldAuthor:
		return one(author, author.of(plain), 20)
	case query.FieldNetwork:
		return one(network, network.of(plain), 900_000)
	case query.FieldHashtag:
		return one(tagged, tagKey(text.Hashtag, text.Hash(plain)), 20)
	case query.FieldMention:
		return one(tagged, tagKey(text.Mention, text.Hash(plain)), 20)
	}
	return cover{}
}

// wordPosts guesses how many of a million posts hold a word, from what is
// known without counting: its class and length.
func wordPosts(plain string, class text.Class) float64 {
	switch class {
	case text.Character:
		return 20_000
	case text.Emoji:
		return 5_000
	case text.Hangul:
		return 30_000 / float64(len(plain))
	}
	switch n := len(plain); {
	case common[plain]:
		return 200_000
	case n <= 2:
		return 30_000
	case n == 3:
		return 10_000
	case n <= 5:
		return 2_000
	case n <= 7:
		return 500
	}
	return 100
}

// common holds words that so many posts hold that any other word of a query
// makes a better anchor.
var common = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`the and for you that with this have not are but was all just can your out what get
		one like about when from they will more who how now had would there their has been his her him she
		der die das und ist nicht ein eine ich mit auf den von zu im es sich auch wie que de la el en los las por con para
		una les des est pas une dans pour sur qui ja on ei se ett och att det som di il che non per https http www com
		new good love time day today people know think really want need going make see back still never`) {
		m[w] = true
	}
	return m
}()
