"""What a senior DBA would say about the database, as values.

Differences to the target become findings in `gaps`, flaws in `checks/`, one file each; `run`
puts them together with severities (`severity_rules`) and the phases that close them
(`phase_credit`).
"""
