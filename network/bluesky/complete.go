package bluesky

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"hearth"
	"hearth/jsonread"
	"hearth/network"
	"hearth/outbound"
)

const (
	getProfiles     = "/xrpc/app.bsky.actor.getProfiles"
	profilesPerCall = 25 // the limit of getProfiles
	callsAtOnce     = 4
	completeTime    = 3 * time.Second
	maxProfiles     = 1 << 20 // bytes of an answer
)

// complete is network.Network.Complete: it adds handle, name and followers of
// the authors, from the cache and then from the AppView.
func complete(ctx context.Context, s *network.Session, posts []*hearth.Post) {
	wanted := make(map[string][]*hearth.Post)
	var ids []string
	for _, p := range posts {
		if p.Author.Handle != "" || p.Author.ID == "" {
			continue
		}
		if known, ok := s.Cache.Get(cacheKey(p.Author.ID)); ok {
			parseProfile(known).fill(&p.Author)
			continue
		}
		if wanted[p.Author.ID] == nil {
			ids = append(ids, p.Author.ID)
		}
		wanted[p.Author.ID] = append(wanted[p.Author.ID], p)
	}
	for _, found := range askProfiles(ctx, s, ids) {
		s.Cache.Put(cacheKey(found.did), found.String())
		for _, p := range wanted[found.did] {
			found.fill(&p.Author)
		}
	}
}

// nameless is network.Network.Nameless.
func nameless(p *hearth.Post) bool { return p.Author.ID != "" && p.Author.Handle == "" }

// askProfiles asks the AppView, a bounded number of calls at once and for a
// bounded time; who is not answered for is left out.
func askProfiles(ctx context.Context, s *network.Session, ids []string) (found []profile) {
	ctx, cancel := context.WithTimeout(ctx, completeTime)
	defer cancel()
	answers := make([][]profile, (len(ids)+profilesPerCall-1)/profilesPerCall)
	var calls errgroup.Group
	calls.SetLimit(callsAtOnce)
	for i := range answers {
		some := ids[i*profilesPerCall : min((i+1)*profilesPerCall, len(ids))]
		calls.Go(func() error {
			var err error
			if answers[i], err = fetchProfiles(ctx, s, some); err != nil && s.Log != nil {
				s.Log.Warn("the AppView was not asked for handles", "network", Name, "authors", len(some), "error", err)
			}
			return nil
		})
	}
	calls.Wait()
	for _, a := range answers {
		found = append(found, a...)
	}
	return found
}

func fetchProfiles(ctx context.Context, s *network.Session, ids []string) ([]profile, error) {
	query := url.Values{"actors": ids}
	address := strings.TrimSuffix(s.Settings["appview"], "/") + getProfiles + "?" + query.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	answer, err := s.HTTP.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, readRefusal(answer)
	}
	body, err := outbound.ReadAll(answer.Body, maxProfiles)
	if err != nil {
		return nil, err
	}
	return readProfiles(string(body), ids)
}

// readProfiles reads an answer; profiles nobody asked for are left out.
func readProfiles(body string, ids []string) (list []profile, err error) {
	asked := make(map[string]bool, len(ids))
	for _, id := range ids {
		asked[id] = true
	}
	var r jsonread.Reader
	r.Reset(body)
	r.Object()
	for r.Next() {
		if r.Key() != "profiles" || !r.TryArray() {
			continue
		}
		for r.Next() {
			if p := readProfile(&r); (asked[p.did] || asked[strings.ToLower(p.handle)]) && p.handle != "" && p.handle != "handle.invalid" {
				list = append(list, p)
			}
		}
	}
	return list, r.End()
}

func readProfile(r *jsonread.Reader) (p profile) {
	if !r.TryObject() {
		return p
	}
	for r.Next() {
		switch r.Key() {
		case "did":
			p.did = r.TryText()
		case "handle":
			p.handle = r.TryText()
		case "displayName":
			p.name = r.TryText()
		case "followersCount":
			if n, ok := r.TryInt64(); ok && n >= 0 {
				p.followers = hearth.KnownCount(n)
			}
		}
	}
	return p
}

// profile is what is remembered of an author.
type profile struct {
	did, handle, name string
	followers         hearth.Count
}

func (p profile) fill(a *hearth.Author) {
	a.Handle = p.handle
	if a.Name == "" {
		a.Name = p.name
	}
	if !a.Followers.Known {
		a.Followers = p.followers
	}
}

func cacheKey(did string) string { return "bluesky profile " + did }

// String is the profile as the cache keeps it: handle, followers and name, one
// a line.
func (p profile) String() string {
	followers := ""
	if p.followers.Known {
		followers = strconv.FormatInt(p.followers.N, 10)
	}
	return p.handle + "\n" + followers + "\n" + p.name
}

func parseProfile(s string) (p profile) {
	p.handle, s, _ = strings.Cut(s, "\n")
	followers, name, _ := strings.Cut(s, "\n")
	if n, err := strconv.ParseInt(followers, 10, 64); err == nil {
		p.followers = hearth.KnownCount(n)
	}
	p.name = name
	return p
}

// renewHandle notes a new handle, which the stream tells, of an author who is
// remembered. Most of the network's authors are of no interest to us.
func renewHandle(c network.Cache, did, handle string) {
	known, ok := c.Get(cacheKey(did))
	if !ok {
		return
	}
	p := parseProfile(known)
	p.handle = handle
	c.Put(cacheKey(did), p.String())
}
