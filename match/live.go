package match

import (
	"slices"
	"sync"
	"sync/atomic"

	"hearth"
	"hearth/query"
)

// Live holds the standing queries of one workspace while they change. Readers
// take a Snapshot and never wait; writers take turns. A change makes ready only
// what was changed lately: changes gather in a small layer, small layers in a
// middle one, and that in the large one when it has grown to an eighth of it.
type Live struct {
	writing sync.Mutex
	set     atomic.Pointer[Set]
}

// The sizes at which a layer is merged into the one below it.
const (
	smallLayer  = 64
	middleLayer = 512
)

// NewLive listens to nothing yet.
func NewLive() *Live {
	l := &Live{}
	l.set.Store(NewSet(nil))
	return l
}

// Snapshot is the set as it now is.
func (l *Live) Snapshot() *Set { return l.set.Load() }

// Replace makes these the standing queries.
func (l *Live) Replace(standing []Standing) {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.set.Store(NewSet(standing))
}

// Put adds a query or replaces the one of its id.
func (l *Live) Put(id hearth.MonitorID, q *query.Query) {
	l.writing.Lock()
	defer l.writing.Unlock()
	layers := without(l.set.Load().layers, id)
	for len(layers) < 3 {
		layers = append(layers, newLayer(nil))
	}
	fresh := append(layers[2].standing(), Standing{id, q})
	switch {
	case len(fresh) <= smallLayer:
		layers[2] = newLayer(fresh)
	case layers[1].living()+len(fresh) <= max(middleLayer, layers[0].living()/8):
		layers[1], layers[2] = newLayer(append(layers[1].standing(), fresh...)), newLayer(nil)
	default:
		layers = []*layer{newLayer(slices.Concat(layers[0].standing(), layers[1].standing(), fresh))}
	}
	l.set.Store(setOf(layers))
}

// Remove takes a query away; removing a missing one does nothing.
func (l *Live) Remove(id hearth.MonitorID) {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.set.Store(setOf(without(l.set.Load().layers, id)))
}

// without is copies of the layers in which id no longer listens.
func without(layers []*layer, id hearth.MonitorID) []*layer {
	layers = slices.Clone(layers)
	for i, l := range layers {
		place, ok := l.places[id]
		if bit := uint64(1) << (place & 63); ok && l.gone[place>>6]&bit == 0 {
			changed := *l
			changed.gone = slices.Clone(l.gone)
			changed.gone[place>>6] |= bit
			changed.dead++
			layers[i] = &changed
		}
	}
	return layers
}

func (l *layer) living() int { return len(l.ids) - l.dead }

// standing is the layer's queries that still listen.
func (l *layer) standing() []Standing {
	list := make([]Standing, 0, l.living())
	for place, id := range l.ids {
		if l.gone[place>>6]&(1<<(place&63)) == 0 {
			list = append(list, Standing{id, l.queries[place]})
		}
	}
	return list
}
