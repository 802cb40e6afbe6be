package server

import (
	"context"
	"fmt"

	"hearth"
	"hearth/client"
	"hearth/demo"
)

// addBrands makes the brands, and gives the number of each name.
func (d *show) addBrands(ctx context.Context) (map[string]int64, error) {
	numbers := map[string]int64{}
	there, err := d.api.Brands(ctx)
	if err != nil {
		return nil, err
	}
	for _, b := range there {
		numbers[b.Name] = b.ID
	}
	for _, b := range demo.Brands() {
		if numbers[b.Name] != 0 {
			continue
		}
		made, err := d.api.AddBrand(ctx, b.Name, numbers[b.Above])
		if err != nil {
			return nil, fmt.Errorf("making the brand %s: %w", b.Name, err)
		}
		numbers[b.Name] = made.ID
	}
	return numbers, nil
}

// addMonitors makes the monitors, each of its brands, and the comparisons of them.
func (d *show) addMonitors(ctx context.Context) error {
	brands, err := d.addBrands(ctx)
	if err != nil {
		return err
	}
	made := map[string]int64{}
	for _, draft := range demo.Monitors() {
		for _, name := range demo.OwnersOf(draft.Name) {
			draft.Brands = append(draft.Brands, brands[name])
		}
		one, err := d.api.AddMonitor(ctx, draft)
		if hearth.ErrorCode(err) == hearth.Conflict { // the demo goes on where it stood
			continue
		}
		if err != nil {
			return fmt.Errorf("making the monitor %s: %w", draft.Name, err)
		}
		made[draft.Name] = one.ID
	}
	if len(made) == 0 {
		return nil
	}
	for _, c := range demo.Comparisons() {
		draft := client.ComparisonDraft{Name: c.Name}
		for _, name := range c.Monitors {
			draft.Monitors = append(draft.Monitors, made[name])
		}
		if _, err := d.api.AddComparison(ctx, draft); err != nil && hearth.ErrorCode(err) != hearth.Conflict {
			return fmt.Errorf("making the comparison %s: %w", c.Name, err)
		}
	}
	return nil
}

// addRules makes the lists and the rules that use them. They come when the
// history was heard: what arrives from then on is tagged, and one rule is applied
// to what is there.
func (d *show) addRules(ctx context.Context) error {
	for _, draft := range demo.Lists() {
		if _, err := d.api.AddList(ctx, draft); err != nil && hearth.ErrorCode(err) != hearth.Conflict {
			return fmt.Errorf("making the list %s: %w", draft.Name, err)
		}
	}
	for i, draft := range demo.Rules() {
		rule, err := d.api.AddRule(ctx, draft)
		if hearth.ErrorCode(err) == hearth.Conflict {
			continue
		}
		if err == nil && i == 1 && !d.o.Fast {
			_, err = d.api.ApplyRule(ctx, rule.ID, client.RuleApplication{})
		}
		if err != nil {
			return fmt.Errorf("making the rule %s: %w", draft.Name, err)
		}
	}
	return nil
}
