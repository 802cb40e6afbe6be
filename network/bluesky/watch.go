package bluesky

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hearth"
	"hearth/network"
)

const (
	maxWatched   = 500         // accounts
	watchEvery   = time.Minute // a new query is heard of after at most this
	watchTimeout = 5 * time.Second
)

var (
	handleForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`)
	didForm    = regexp.MustCompile(`^did:[a-z]+:[A-Za-z0-9._:%-]+$`)
)

// isName says whether s can be a handle or the id of an account.
func isName(s string) bool {
	return len(s) <= 253 && (handleForm.MatchString(s) || didForm.MatchString(s))
}

// parseWatched reads handles and ids (did:…) of accounts.
func parseWatched(setting string) (names []string, err error) {
	for _, name := range strings.FieldsFunc(setting, func(c rune) bool { return c == ',' || c == ' ' || c == '\n' }) {
		name = strings.TrimPrefix(name, "@")
		if !strings.HasPrefix(name, "did:") {
			name = strings.ToLower(name)
		}
		if !isName(name) {
			return nil, hearth.Errorf(hearth.Invalid, "%q is not a handle like acme.bsky.social.", name)
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) > maxWatched {
		return nil, hearth.Errorf(hearth.Invalid, "These are %d accounts; at most %d can be heard by their handles.", len(names), maxWatched)
	}
	return names, nil
}

// watch knows the accounts whose handles are put into their posts as these come:
// those of the setting "authors" and those that standing queries name. The
// stream itself names authors only by id, so that author:HANDLE could not match.
// Where the AppView does not answer, what the cache knows has to do.
type watch struct {
	s     *network.Session
	every time.Duration
	given []string // by the setting
	asked []string // names that were looked up last, sorted

	mu    sync.Mutex // for changes
	known atomic.Pointer[map[string]profile]
}

// newWatch looks the accounts up that are named now.
func newWatch(ctx context.Context, s *network.Session) (*watch, error) {
	given, err := parseWatched(s.Settings["authors"])
	if err != nil {
		return nil, err
	}
	w := &watch{s: s, every: watchEvery, given: given}
	w.known.Store(&map[string]profile{})
	w.look(ctx)
	return w, nil
}

// of is the account with an id, if it is watched.
func (w *watch) of(did string) (profile, bool) {
	p, ok := (*w.known.Load())[did]
	return p, ok
}

// rename notes a new handle of an account.
func (w *watch) rename(did, handle string) {
	if p, ok := w.of(did); ok {
		p.handle = strings.Clone(handle)
		w.change(func(known map[string]profile) { known[p.did] = p })
	}
}

// change makes a changed copy of what is known.
func (w *watch) change(change func(map[string]profile)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	next := make(map[string]profile, len(*w.known.Load())+1)
	for did, p := range *w.known.Load() {
		next[did] = p
	}
	change(next)
	w.known.Store(&next)
}

// run looks again and again whether other accounts are named, until ctx ends.
func (w *watch) run(ctx context.Context) {
	tick := time.NewTicker(w.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			w.look(ctx)
		}
	}
}

// look looks accounts up if others are named than before.
func (w *watch) look(ctx context.Context) {
	names := slices.Clone(w.given)
	if w.s.Authors != nil {
		for _, name := range w.s.Authors() {
			if name = strings.ToLower(name); handleForm.MatchString(name) && len(name) <= 253 && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	if len(names) > maxWatched {
		w.s.Log.Warn("more accounts are named than can be watched; the others are heard by their ids only", "network", Name, "accounts", len(names), "watched", maxWatched)
		names = names[:maxWatched]
	}
	if slices.Equal(names, w.asked) {
		return
	}
	w.asked = names
	found := w.profiles(ctx, names)
	w.change(func(known map[string]profile) {
		clear(known)
		for _, p := range found {
			known[p.did] = p
			w.s.Cache.Put(cacheKey(p.did), p.String())
			w.s.Cache.Put(watchKey(strings.ToLower(p.handle)), p.did)
		}
	})
}

// profiles asks the AppView whose the names are.
func (w *watch) profiles(ctx context.Context, names []string) (found []profile) {
	ctx, cancel := context.WithTimeout(ctx, watchTimeout)
	defer cancel()
	for some := range slices.Chunk(names, profilesPerCall) {
		list, err := fetchProfiles(ctx, w.s, some)
		if err != nil {
			w.s.Log.Warn("the AppView was not asked for accounts that are watched; those known from before are", "network", Name, "error", err)
			list = remembered(w.s.Cache, some)
			w.asked = nil // again the next time
		}
		found = append(found, list...)
	}
	return found
}

func watchKey(handle string) string { return "bluesky handle " + handle }

// remembered is what is known of accounts from before.
func remembered(c network.Cache, names []string) (list []profile) {
	for _, name := range names {
		did := name
		if !strings.HasPrefix(name, "did:") {
			did, _ = c.Get(watchKey(name))
		}
		if known, ok := c.Get(cacheKey(did)); ok && did != "" {
			p := parseProfile(known)
			p.did = did
			list = append(list, p)
		}
	}
	return list
}
