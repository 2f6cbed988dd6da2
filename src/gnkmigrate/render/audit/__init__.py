"""An audit, of one database or kept ones: what each renders is an AuditResult, for a View."""
