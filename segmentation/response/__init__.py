"""What mailings brought: attribution, metrics, intervals, uplift."""
